// The simulated phone: phones that received a text, newest first, one of them open. `?to=` opens a phone, `?latest` the newest.
// Texts are read every two seconds, and at once after an event. Only where the simulated carrier runs.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { useFilters } from '../../parts/lists.ts';
import { Empty, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { messageTones, Shape } from '../../parts/StatusChip.tsx';
import { CodeBlock, PhoneNumber, Time } from '../../parts/values.tsx';
import { useSession } from '../../session.tsx';
import { type LiveEvent, useLive } from '../../stream.ts';
import { useWords } from '../../words/words.ts';
import { Behaviour } from './Behaviour.tsx';
import { Device } from './Device.tsx';
import { Fates } from './Fates.tsx';
import css from './phone.module.css';

export type PhoneText = Answer<'phone.list'>['rows'][number];

const refreshMs = 2000;
const shownTexts = 200;

/** Texts by phone, the phone with the newest text first. */
function phonesOf(rows: readonly PhoneText[]): readonly (readonly [string, readonly PhoneText[]])[] {
  const phones = new Map<string, PhoneText[]>();
  for (const row of rows) phones.set(row.to, [...(phones.get(row.to) ?? []), row]);
  return [...phones];
}

function lastAccount(): string | undefined {
  try {
    return localStorage.getItem('chappe-account') ?? undefined;
  } catch {
    return undefined;
  }
}

export function Phone() {
  const { phone: w } = useWords();
  const session = useSession();
  const [values] = useFilters();
  const [filter, setFilter] = useState('');
  const account = values['account'] ?? lastAccount();
  const known = session.accounts.some((one) => one.account === account) ? account : undefined;
  const { data, error, refetch } = useQuery({
    ...query('phone.list', { limit: shownTexts, ...(known === undefined ? {} : { account: known }) }),
    refetchInterval: refreshMs,
  });
  useLive(
    known === undefined ? ['phone'] : ['phone', `account:${known}`],
    useCallback((_: LiveEvent) => void refetch(), [refetch]),
  );
  if (data === undefined)
    return (
      <Page title={w.title}>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading rows={8} />}
      </Page>
    );
  const phones = phonesOf(data.rows);
  const isLatest = 'latest' in values;
  const open = values['to'] ?? (isLatest ? phones[0]?.[0] : undefined);
  const digits = filter.replace(/\D/g, '');
  return (
    <Page title={w.title} state={w.lead}>
      {phones.length === 0 ? (
        <NoText account={data.account} />
      ) : (
        <div className={css['columns']} data-open={open !== undefined || undefined}>
          <div className={css['phones']}>
            <TextInput
              aria-label={w.filter}
              placeholder={w.filter}
              value={filter}
              onChange={({ currentTarget }) => setFilter(currentTarget.value)}
              mb={12}
            />
            <PhoneList
              phones={phones.filter(([number]) => number.includes(digits))}
              open={open ?? phones[0]?.[0]}
            />
          </div>
          <Device
            key={open ?? phones[0]?.[0]}
            account={data.account}
            number={open ?? phones[0]![0]}
            texts={phones.find(([number]) => number === (open ?? phones[0]?.[0]))?.[1] ?? []}
          />
          <div className={css['aside']}>
            <Fates />
            {session.member.isOperator ? <Behaviour /> : null}
          </div>
        </div>
      )}
      {phones.length === 0 ? (
        <div className={css['aside']}>
          <Fates />
          {session.member.isOperator ? <Behaviour /> : null}
        </div>
      ) : null}
    </Page>
  );
}

function NoText({ account }: { readonly account: string }) {
  const { phone: w } = useWords();
  const navigate = useNavigate();
  return (
    <Section title={w.phones}>
      <Empty
        title={w.emptyTitle}
        actions={
          <Button
            variant="default"
            onClick={() => void navigate({ to: `/a/${encodeURIComponent(account)}/developers/keys` })}
          >
            {w.showApi}
          </Button>
        }
      >
        {w.emptyText}
      </Empty>
      <CodeBlock
        title={w.commandTitle}
        code={"npx chappe send --to +33601020304 --text 'Hello from Chappe'"}
      />
    </Section>
  );
}

function PhoneList({
  phones,
  open,
}: {
  readonly phones: ReturnType<typeof phonesOf>;
  readonly open: string | undefined;
}) {
  const { phone: w } = useWords();
  return (
    <ul className={css['list']} aria-label={w.phones}>
      {phones.map(([number, texts]) => (
        <li key={number}>
          <Link
            to="/phone"
            search={{ to: number } as never}
            className={css['item']!}
            data-active={number === open || undefined}
            resetScroll={false}
          >
            <span className={css['itemHead']}>
              <PhoneNumber value={number} />
              <span className="faint small">
                <Time at={texts[0]!.at} />
              </span>
            </span>
            <span className="row" style={{ flexWrap: 'nowrap' }}>
              <Shape tone={messageTones[texts[0]!.status]} />
              <span className={css['cut']}>{texts[0]!.text}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
