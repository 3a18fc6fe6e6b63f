// The frame of a page: title with focus after navigation, one sentence of state, buttons, sections, tabs that are links, and
// what a page shows when it is empty, loads, or failed. Used by every page.
import { Button, Modal } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/icons/IconRefresh';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { CallError } from '../api.ts';
import { useWords } from '../words/words.ts';
import css from './page.module.css';
import { Shape, type Tone } from './StatusChip.tsx';
import { Copy } from './values.tsx';

export interface PageProps {
  readonly title: string;
  readonly state?: ReactNode;
  readonly actions?: ReactNode;
  readonly width?: 'narrow' | 'wide';
  readonly children?: ReactNode;
}

export function Page({ title, state, actions, width = 'wide', children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Chappe`;
  }, [title]);
  // Focus goes to the title after a navigation, unless a field of the page took it.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={css['page']} data-width={width}>
      <header className={css['header']}>
        <div className={css['heading']}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {state ? <div className={css['state']}>{state}</div> : null}
        </div>
        {actions ? <div className={css['actions']}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={css['section']} aria-label={title}>
      <div className={css['sectionHead']}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function Card({ children }: { readonly children: ReactNode }) {
  return <div className={css['card']}>{children}</div>;
}

/** Links that look like tabs: each has an address. */
export function PageTabs({
  tabs,
  label,
}: {
  readonly tabs: readonly { readonly to: string; readonly name: string }[];
  readonly label: string;
}) {
  return (
    <nav className={css['nav']} aria-label={label}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: false, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

export function Alert({
  tone,
  title,
  children,
  actions,
}: {
  readonly tone: Extract<Tone, 'bad' | 'warn' | 'good' | 'half'>;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className={css['alert']} data-tone={tone} role={tone === 'bad' ? 'alert' : 'note'}>
      {title ? (
        <div className={css['alertTitle']}>
          <Shape tone={tone} />
          <span>{title}</span>
        </div>
      ) : null}
      {children}
      {actions ? <div className={css['actions']}>{actions}</div> : null}
    </div>
  );
}

/** The line of towers that no signal has reached: the picture of an empty page. */
function EmptyLine() {
  return (
    <svg
      className={css['emptyLine']}
      viewBox="0 0 168 24"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    >
      <path d="M16.5 12h35M67.5 12h35M118.5 12h35" strokeDasharray="2.5 4" />
      {[8, 59.5, 110.5, 161].map((x) => (
        <circle key={x} cx={x} cy="12" r="5.5" />
      ))}
    </svg>
  );
}

export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className={css['empty']}>
      <EmptyLine />
      <div className={css['emptyTitle']}>{title}</div>
      {children ? <p className="soft">{children}</p> : null}
      {actions ? <div className={css['actions']}>{actions}</div> : null}
    </div>
  );
}

/** The place of a list while it loads, after 150 ms. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  const { common } = useWords();
  return (
    <div className={css['skeleton']} data-loading role="status" aria-label={common.loading}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity.
        <div key={index} className={css['bar']} />
      ))}
    </div>
  );
}

/** The sentence for an error of a call: by its reason, else the detail of the server. */
export function useErrorText(): (error: unknown) => string {
  const { errors } = useWords();
  return (error) => {
    if (!(error instanceof CallError)) return errors.defect;
    const known = (errors.reasons as Readonly<Record<string, string>>)[error.reason];
    return known ?? error.detail ?? errors.defect;
  };
}

/** Reasons whose sentence says little without the detail of the server. */
const needsDetail: ReadonlySet<string> = new Set(['value-invalid', 'request-invalid', 'conflict']);

/** What happened, what it means, what to do, and the id for the operator. */
export function ErrorBox({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { common, errors } = useWords();
  const textOf = useErrorText();
  const call = error instanceof CallError ? error : null;
  const isOurs = call === null || call.status >= 500;
  return (
    <Alert
      tone="bad"
      title={textOf(error)}
      actions={
        onRetry ? (
          <Button variant="default" leftSection={<IconRefresh size={16} stroke={1.75} />} onClick={onRetry}>
            {common.tryAgain}
          </Button>
        ) : null
      }
    >
      {isOurs ? <p className="soft">{errors.ours}</p> : null}
      {call?.detail && needsDetail.has(call.reason) ? <p className="soft">{call.detail}</p> : null}
      {call?.id ? (
        <p className="faint small">
          {errors.id} <code>{call.id}</code>
          <Copy text={call.id} name={errors.id} />
        </p>
      ) : null}
    </Alert>
  );
}

interface ConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The consequence, with its number. */
  readonly children: ReactNode;
  readonly action: string;
  /** The button that closes the dialog; the word "Cancel" would be ambiguous where the action cancels something. */
  readonly dismiss?: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  readonly disabled?: boolean;
}

/** A dialog before an action that has no undo: the button repeats the consequence. Shows a failure in the dialog. */
export function Confirm({
  opened,
  onClose,
  title,
  children,
  action,
  dismiss,
  danger,
  onConfirm,
  disabled,
}: ConfirmProps) {
  const { common } = useWords();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': common.close }}>
      <form
        className={css['dialogText']}
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        {children}
        {error === null ? null : <ErrorBox error={error} />}
        <div className={css['dialogButtons']}>
          <Button variant="default" onClick={onClose}>
            {dismiss ?? common.cancel}
          </Button>
          <Button
            type="submit"
            loading={isBusy}
            disabled={disabled ?? false}
            {...(danger ? { 'data-danger': true } : {})}
          >
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
