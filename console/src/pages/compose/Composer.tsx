// The composer of one draft: five sections that fold to one line, and the preview with the price beside them. Used by
// Compose.tsx. The check of the recipients follows each save; the estimate is made when the last section is open.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries } from '../../api.ts';
import { Alert, Confirm, ErrorBox, Page } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { actorName } from '../campaigns/CampaignLine.tsx';
import { Aside } from './Aside.tsx';
import css from './compose.module.css';
import type { Content, Options } from './content.ts';
import { type Saved, useDraft } from './draft.ts';
import { FromSection, fromSummary } from './FromSection.tsx';
import { fieldsIn, stopTail } from './merge.ts';
import { OtherDrafts } from './OtherDrafts.tsx';
import { SendSection } from './SendSection.tsx';
import { TextSection } from './TextSection.tsx';
import { ToSection, toSummary } from './ToSection.tsx';
import { usePreview } from './use-preview.ts';
import { WhenSection, whenSummary } from './WhenSection.tsx';

interface ComposerProps {
  readonly options: Options;
  readonly initial: Saved | null;
  /** Another member refused it. */
  readonly refusal: Answer<'approvals.read'>['approval'] | null;
  readonly onCreated: (draft: string) => void;
  readonly onReload: () => Promise<void>;
}

const recipientsOf = ({ typed, groups, file, tier, purpose }: Content) =>
  JSON.stringify([typed, groups, file, tier, purpose]);

export function Composer({ options, initial, refusal, onCreated, onReload }: ComposerProps) {
  const { compose: w, approvals, states } = useWords();
  const { account, base } = useAccount();
  const navigate = useNavigate();
  const draft = useDraft(account, initial, onCreated);
  const { content, saved, state, change } = draft;
  const [open, setOpen] = useState(initial === null ? 1 : firstOpen(initial.content));
  const [isDeleting, setDeleting] = useState(false);

  const hasRecipients = content.typed.trim() !== '' || content.groups.length > 0 || content.file !== null;
  const isRecipientsSaved = saved !== null && recipientsOf(saved.content) === recipientsOf(content);
  const check = useQuery({
    queryFn: ({ signal }) => call('compose.check', { account, draft: saved!.draft }, signal),
    queryKey: ['compose.check', account, saved?.draft, saved && recipientsOf(saved.content)],
    enabled: hasRecipients && isRecipientsSaved,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const checked = hasRecipients && isRecipientsSaved ? (check.data ?? null) : null;
  const countries = useMemo(() => (checked ? Object.keys(checked.countries) : null), [checked]);
  const tail = stopTail(content, options, countries);
  const preview = usePreview(account, saved, hasRecipients && fieldsIn(content.text).length > 0);

  // Alt 1 to 5 open a section, Ctrl Enter the next one.
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      const digit = event.altKey && /^Digit[1-5]$/.test(event.code) ? Number(event.code.at(-1)) : null;
      if (digit !== null) setOpen(digit);
      else if ((event.ctrlKey || event.metaKey) && event.key === 'Enter')
        setOpen((before) => Math.min(5, before + 1));
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  const common = { content, change, options };
  const sections = [
    {
      title: w.from.title,
      summary: fromSummary(content, options, w, states),
      body: <FromSection {...common} />,
    },
    {
      title: w.to.title,
      summary: toSummary(content, checked, w),
      body: (
        <ToSection
          {...common}
          saved={saved}
          check={checked}
          isChecking={hasRecipients && (check.isFetching || !isRecipientsSaved)}
          error={isRecipientsSaved ? check.error : null}
          onRetry={() => void check.refetch()}
        />
      ),
    },
    {
      title: w.text.title,
      summary: content.text.trim() === '' ? w.text.summaryEmpty : content.text.slice(0, 90),
      body: <TextSection {...common} tail={tail} samples={preview.samples} draft={draft} row={preview.row} />,
    },
    { title: w.when.title, summary: whenSummary(content, w), body: <WhenSection {...common} /> },
    {
      title: w.send.title,
      summary: '',
      body: (
        <SendSection
          {...common}
          draft={draft}
          check={checked}
          isReady={hasRecipients && content.text.trim() !== ''}
          onOpen={setOpen}
          onAsked={onReload}
          onSent={(campaign) => {
            queries.removeQueries({ queryKey: ['compose.read'] });
            void navigate({ to: `${base}/campaigns/${campaign}` });
          }}
        />
      ),
    },
  ];

  return (
    <Page
      title={w.title}
      state={saved === null && state === 'saved' ? null : <SaveLine state={state} />}
      actions={
        <>
          <OtherDrafts account={account} base={base} current={saved?.draft ?? null} />
          {saved === null ? null : (
            <Button variant="default" onClick={() => setDeleting(true)}>
              {w.deleteDraft}
            </Button>
          )}
        </>
      }
    >
      {state === 'conflict' ? (
        <Alert
          tone="warn"
          title={w.conflictTitle}
          actions={
            <>
              <Button onClick={() => void onReload()}>{w.loadOther}</Button>
              <Button variant="default" onClick={draft.keepAsNew}>
                {w.keepMine}
              </Button>
            </>
          }
        >
          <p>{w.conflict}</p>
        </Alert>
      ) : null}
      {refusal === null ? null : (
        <Alert tone="bad" title={approvals.refusedTitle(actorName(refusal.decidedBy ?? ''))}>
          {refusal.note === '' ? null : <blockquote className={css['quote']}>{refusal.note}</blockquote>}
          <p className="soft">{approvals.refusedText}</p>
        </Alert>
      )}
      {state === 'failed' ? <ErrorBox error={draft.error} /> : null}
      <div className={css['layout']}>
        <div className={css['sections']}>
          {sections.map(({ title, summary, body }, index) => (
            <FoldingSection
              key={title}
              number={index + 1}
              title={title}
              summary={summary}
              isOpen={open === index + 1}
              onOpen={() => setOpen(open === index + 1 ? 0 : index + 1)}
              onNext={index < 4 ? () => setOpen(index + 2) : null}
            >
              {body}
            </FoldingSection>
          ))}
        </div>
        <Aside content={content} tail={tail} check={checked} options={options} preview={preview} />
      </div>
      <Confirm
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        title={w.deleteDraft}
        action={w.deleteDraft}
        danger
        onConfirm={async () => {
          await call('compose.remove', { account, draft: saved!.draft });
          await queries.invalidateQueries({ queryKey: ['compose.list'] });
          // A full load: the page must not save the deleted draft again.
          window.location.assign(`/console${base}/compose`);
        }}
      >
        <p>{w.deleteDraftText}</p>
      </Confirm>
    </Page>
  );
}

/** The section at which a draft is resumed: the first that is not done. */
function firstOpen({ typed, groups, file, text }: Content): number {
  if (typed.trim() === '' && groups.length === 0 && file === null) return 2;
  return text.trim() === '' ? 3 : 5;
}

function SaveLine({ state }: { readonly state: ReturnType<typeof useDraft>['state'] }) {
  const { compose: w } = useWords();
  const texts = {
    saved: w.saved,
    unsaved: w.unsaved,
    saving: w.saving,
    failed: w.saveFailed,
    conflict: w.conflictTitle,
  };
  return <span aria-live="polite">{texts[state]}</span>;
}

interface FoldingSectionProps {
  readonly number: number;
  readonly title: string;
  readonly summary: string;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onNext: (() => void) | null;
  readonly children: React.ReactNode;
}

function FoldingSection({ number, title, summary, isOpen, onOpen, onNext, children }: FoldingSectionProps) {
  const { compose: w } = useWords();
  const id = `section-${number}`;
  return (
    <section className={css['section']} data-open={isOpen || undefined} aria-label={title}>
      <h2 className={css['sectionTitle']}>
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={onOpen}>
          <span className={css['sectionNumber']} aria-hidden="true">
            {number}
          </span>
          <span className={css['sectionName']}>{title}</span>
          {isOpen ? null : <span className={css['sectionSummary']}>{summary}</span>}
        </button>
      </h2>
      {isOpen ? (
        <div id={id} className={css['sectionBody']}>
          {children}
          {onNext ? (
            <div>
              <Button variant="default" onClick={onNext}>
                {w.next}
              </Button>
            </div>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
