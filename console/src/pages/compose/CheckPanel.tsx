// The check of all recipients: four figures that are tabs, the rows of each with their own row numbers, and the refused rows as
// a file. Used by ToSection.tsx.
import { Button, Checkbox } from '@mantine/core';
import IconDownload from '@tabler/icons-react/icons/IconDownload';
import { useState } from 'react';
import { addressOf, CallError } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Alert, ErrorBox, Loading } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/words.ts';
import css from './compose.module.css';
import type { Check, Content } from './content.ts';

interface CheckPanelProps {
  readonly content: Content;
  readonly change: (patch: Partial<Content>) => void;
  readonly draft: string | null;
  readonly check: Check | null;
  readonly isChecking: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}

const kinds = ['ready', 'opted-out', 'duplicate', 'refused'] as const;
type Kind = (typeof kinds)[number];

export function CheckPanel({ content, change, draft, check, isChecking, error, onRetry }: CheckPanelProps) {
  const { compose } = useWords();
  const w = compose.check;
  const [chosen, setChosen] = useState<Kind | null>(null);
  if (error) return <Fault error={error} onRetry={onRetry} />;
  if (check === null)
    return isChecking ? (
      <div aria-live="polite">
        <p className="soft">{compose.to.checking}</p>
        <Loading rows={2} />
      </div>
    ) : null;
  const counts: Record<Kind, number> = {
    ready: check.ready,
    'opted-out': check.optedOut,
    duplicate: check.duplicates,
    refused: check.refused,
  };
  const kind = chosen ?? (check.refused > 0 ? 'refused' : null);
  return (
    <div className={css['check']}>
      <h3>{w.title}</h3>
      <div className={css['figures']}>
        {kinds.map((name) => (
          <button
            key={name}
            type="button"
            className={css['figure']}
            aria-pressed={kind === name}
            data-kind={name}
            onClick={() => setChosen(name)}
          >
            <span className={css['figureValue']}>{format.number(counts[name])}</span>
            <span className={css['figureName']}>{w[name]}</span>
          </button>
        ))}
      </div>
      {kind === null ? null : (
        <Rows
          kind={kind}
          check={check}
          count={counts[kind]}
          draft={draft}
          header={content.file?.header ?? []}
        />
      )}
      {check.refused > 0 ? (
        <Checkbox
          label={w.goOn(check.refused)}
          checked={content.skipsRefused}
          onChange={(event) => change({ skipsRefused: event.currentTarget.checked })}
        />
      ) : null}
    </div>
  );
}

interface RowsProps {
  readonly kind: Kind;
  readonly check: Check;
  readonly count: number;
  readonly draft: string | null;
  readonly header: readonly string[];
}

function Rows({ kind, check, count, draft }: RowsProps) {
  const { compose } = useWords();
  const w = compose.check;
  const { account } = useAccount();
  const { language } = useLanguage();
  const rows = check.samples[kind];
  const hasReasons = kind === 'refused' || kind === 'opted-out';
  return (
    <>
      <div className={css['rows']}>
        <DataTable
          label={w[kind]}
          rows={rows}
          rowKey={({ source, line, number }) => `${source} ${line} ${number}`}
          columns={[
            {
              key: 'row',
              name: w.row,
              phone: 'first',
              cell: ({ line, source }) =>
                source === 'file' ? format.number(line) : `${format.number(line)} (${w.source[source]})`,
            },
            {
              key: 'number',
              name: w.number,
              phone: 'aside',
              cell: ({ number }) => (
                <code className={kind === 'refused' ? css['faulty'] : undefined}>{number || '—'}</code>
              ),
            },
            ...(hasReasons
              ? [
                  {
                    key: 'reason',
                    name: w.reason,
                    phone: 'wide' as const,
                    cell: ({ reason }: (typeof rows)[number]) => (
                      <span className={css['reason']}>{compose.reasons[reason ?? ''] ?? reason}</span>
                    ),
                  },
                ]
              : []),
            {
              key: 'content',
              name: w.content,
              clips: true,
              phone: 'hide',
              cell: ({ cells }) => cells.join(' · '),
            },
          ]}
          empty={<p className="soft">{w.none}</p>}
        />
      </div>
      <div className="row">
        {count > rows.length ? <span className="small faint">{w.first(rows.length, count)}</span> : null}
        {draft !== null && count > 0 ? (
          <Button
            component="a"
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.75} />}
            href={addressOf('compose.downloadRows', { account, draft, kind, language }).url}
            download
          >
            {w.download}
          </Button>
        ) : null}
      </div>
    </>
  );
}

/** A fault of the file or the columns, in words; other errors as everywhere. */
export function Fault({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { compose } = useWords();
  const fault = error instanceof CallError ? Object.values(error.fields)[0] : undefined;
  const sentence = fault === undefined ? undefined : compose.faults[fault];
  if (sentence === undefined) return <ErrorBox error={error} onRetry={onRetry} />;
  // The sentence of the server names the line of the file.
  const line =
    fault === 'file-unreadable' ? /line (\d+)/.exec((error as CallError).detail ?? '')?.[1] : undefined;
  return (
    <Alert tone="bad" title={sentence}>
      {line === undefined ? null : <p className="soft">{compose.faultInLine(Number(line))}</p>}
    </Alert>
  );
}
