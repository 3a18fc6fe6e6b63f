// What waits for a decision of the operator: held campaigns, senders, templates, orders.
import { Button, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { Confirm, Empty, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FormDialog } from './FormDialog.tsx';
import { MissingInvoices } from './MissingInvoices.tsx';
import css from './operator.module.css';

type Data = Answer<'operator.todo.read'>;

const reload = () => queries.invalidateQueries({ queryKey: ['operator.todo.read'] });

export function Todo() {
  const { operatorDecisions: w } = useWords();
  const { data, error, refetch } = useQuery({ ...query('operator.todo.read'), refetchInterval: 10_000 });
  const isEmpty =
    data !== undefined &&
    data.campaigns.length +
      data.senders.length +
      data.templates.length +
      data.orders.length +
      data.invoices.length ===
      0;
  return (
    <Page title={w.todo} width="narrow">
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Loading /> : null}
      {isEmpty ? <Empty title={w.nothing}>{w.nothingText}</Empty> : null}
      {data && data.campaigns.length > 0 ? <Campaigns rows={data.campaigns} /> : null}
      {data && data.senders.length > 0 ? (
        <Named title={w.senders} kind="decideSender" rows={data.senders} />
      ) : null}
      {data && data.templates.length > 0 ? (
        <Named title={w.templates} kind="decideTemplate" rows={data.templates} />
      ) : null}
      {data && data.orders.length > 0 ? <Orders rows={data.orders} /> : null}
      {data && data.invoices.length > 0 ? <MissingInvoices rows={data.invoices} /> : null}
    </Page>
  );
}

/** The text with its cues marked. */
function marked(text: string, cues: readonly string[]): ReactNode {
  const found = cues
    .map((cue) => ({ cue, at: text.toLowerCase().indexOf(cue.toLowerCase()) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  const parts: ReactNode[] = [];
  let end = 0;
  for (const { cue, at } of found) {
    if (at < end) continue;
    parts.push(text.slice(end, at), <mark key={at}>{text.slice(at, at + cue.length)}</mark>);
    end = at + cue.length;
  }
  return [...parts, text.slice(end)];
}

function Campaigns({ rows }: { readonly rows: Data['campaigns'] }) {
  const { operatorDecisions: w } = useWords();
  const [refusing, setRefusing] = useState<Data['campaigns'][number] | null>(null);
  const release = async (campaign: number) => {
    await call('operator.todo.decideCampaign', { campaign, body: { decision: 'release' } });
    await reload();
    notifications.show({ message: w.released });
  };
  return (
    <Section title={w.campaigns}>
      <ul className={css['list']}>
        {rows.map((row) => (
          <li key={row.campaign}>
            <span className={css['grow']}>
              <span className={css['text']}>{marked(row.text, row.cues)}</span>
              <span className="soft small">{w.cues(row.cues.join(', '))}</span>
              <span className="faint small">
                {row.account} · {w.messages(row.messages)} · {w.flagged(row.flagged)} ·{' '}
                <Time at={row.createdAt} />
              </span>
            </span>
            <span className="row">
              <Button variant="default" data-size="xs" onClick={() => void release(row.campaign)}>
                {w.release}
              </Button>
              <Button variant="default" data-size="xs" onClick={() => setRefusing(row)}>
                {w.refuse}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <FormDialog
        opened={refusing !== null}
        onClose={() => setRefusing(null)}
        title={w.refuseTitle(refusing?.messages ?? 0)}
        action={w.refuse}
        danger
        onSubmit={async (text) => {
          if (!refusing) return;
          const body = { decision: 'refuse' as const, reason: text('reason') };
          await call('operator.todo.decideCampaign', { campaign: refusing.campaign, body });
          await reload();
          notifications.show({ message: w.refused });
        }}
      >
        {(form) => <Reason error={form.fault('reason')} />}
      </FormDialog>
    </Section>
  );
}

function Reason({ error }: { readonly error: string | undefined }) {
  const { operatorDecisions: w } = useWords();
  return (
    <Textarea
      name="reason"
      label={w.reason}
      description={w.reasonHint}
      maxLength={300}
      rows={3}
      data-autofocus
      error={error}
    />
  );
}

interface NamedRow {
  readonly account: string;
  readonly name: string;
  readonly reason: string;
  readonly message?: string;
  readonly requestedAt: string;
}

function Named({
  title,
  kind,
  rows,
}: {
  readonly title: string;
  readonly kind: 'decideSender' | 'decideTemplate';
  readonly rows: readonly NamedRow[];
}) {
  const { operatorDecisions: w } = useWords();
  const [refusing, setRefusing] = useState<NamedRow | null>(null);
  const decide = async ({ account, name }: NamedRow, decision: 'enable' | 'refuse', reason = '') => {
    await call(`operator.todo.${kind}`, { body: { account, name, decision, reason } });
    await reload();
  };
  return (
    <Section title={title}>
      <ul className={css['list']}>
        {rows.map((row) => (
          <li key={`${row.account} ${row.name}`}>
            <span className={css['grow']}>
              <strong>{row.name}</strong>
              {row.message ? <span className={css['text']}>{row.message}</span> : null}
              {row.reason ? <span className="soft">{row.reason}</span> : null}
              <span className="faint small">
                {row.account} · <Time at={row.requestedAt} />
              </span>
            </span>
            <span className="row">
              <Button variant="default" data-size="xs" onClick={() => void decide(row, 'enable')}>
                {w.approve}
              </Button>
              <Button variant="default" data-size="xs" onClick={() => setRefusing(row)}>
                {w.refuse}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <FormDialog
        opened={refusing !== null}
        onClose={() => setRefusing(null)}
        title={w.refuseName(refusing?.name ?? '')}
        action={w.refuse}
        danger
        onSubmit={async (text) => {
          if (refusing) await decide(refusing, 'refuse', text('reason'));
        }}
      >
        {(form) => <Reason error={form.fault('reason')} />}
      </FormDialog>
    </Section>
  );
}

function Orders({ rows }: { readonly rows: Data['orders'] }) {
  const { operatorDecisions: w } = useWords();
  const [deciding, setDeciding] = useState<{
    readonly row: Data['orders'][number];
    readonly decision: 'pay' | 'cancel';
  } | null>(null);
  const isPaying = deciding?.decision === 'pay';
  return (
    <Section title={w.orders}>
      <ul className={css['list']}>
        {rows.map((row) => (
          <li key={row.order}>
            <span className={css['grow']}>
              <strong>{w.order(row.order)}</strong>
              <span>
                {w.credits(row.credits)} · {w.total(format.money(row.total))}
                {row.isOnAccount ? ` · ${w.onAccount}` : ''}
              </span>
              <span className="faint small">
                {row.account} · <Time at={row.orderedAt} />
              </span>
            </span>
            <span className="row">
              <Button variant="default" data-size="xs" onClick={() => setDeciding({ row, decision: 'pay' })}>
                {w.paid}
              </Button>
              <Button
                variant="subtle"
                data-size="xs"
                onClick={() => setDeciding({ row, decision: 'cancel' })}
              >
                {w.cancelOrder}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Confirm
        opened={deciding !== null}
        onClose={() => setDeciding(null)}
        title={isPaying ? w.payTitle : w.cancelOrder}
        action={isPaying ? w.paid : w.cancelOrder}
        danger={!isPaying}
        onConfirm={async () => {
          if (!deciding) return;
          const { row, decision } = deciding;
          await call('operator.todo.decideOrder', { order: row.order, body: { decision } });
          await reload();
        }}
      >
        <p>{isPaying ? w.payText(format.money(deciding.row.credit)) : w.cancelText}</p>
      </Confirm>
    </Section>
  );
}
