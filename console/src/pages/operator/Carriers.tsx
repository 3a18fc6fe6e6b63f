// The links to carriers, live: binds, rates, the last failure in words, and the actions on each link.
import { Button, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/icons/IconDots';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { CallError, call, queries, query } from '../../api.ts';
import { Alert, Confirm, Empty, ErrorBox, Loading, Page, PageTabs } from '../../parts/Page.tsx';
import { Chip, Shape, type Tone } from '../../parts/StatusChip.tsx';
import { Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import { CarrierForm } from './CarrierForm.tsx';
import css from './operator.module.css';
import { SmallFigure } from './values.tsx';

type Row = Answer<'operator.carriers.list'>['rows'][number];
type Bind = Row['health'][number]['binds'][number];
type Test = Answer<'operator.carriers.test'>;

export const stateTones: Readonly<Record<Row['state'], Tone>> = {
  usable: 'good',
  down: 'bad',
  paused: 'held',
  disabled: 'ended',
  'not-dispatched': 'warn',
};
const bindTones: Readonly<Record<Bind['state'], Tone>> = {
  bound: 'good',
  binding: 'half',
  down: 'bad',
  stopped: 'ended',
};
const refreshMs = 2_000;

export const reloadCarriers = () =>
  Promise.all(
    (['operator.carriers.list', 'operator.routes.list', 'session.read'] as const).map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );

/** The sentence for a carrier's own word; null: none is known. */
export function reasonOf(reason: string | null, w: Words['carriers']): string | null {
  if (reason === null) return null;
  return Object.entries(w.reasons).find(([begin]) => reason.startsWith(begin))?.[1] ?? null;
}

export function CarrierTabs() {
  const { carriers: w } = useWords();
  return (
    <PageTabs
      label={w.title}
      tabs={[
        { to: '/operator/carriers', name: w.title },
        { to: '/operator/routes', name: w.routes },
        { to: '/operator/ways', name: w.which },
      ]}
    />
  );
}

export function Carriers() {
  const { carriers: w } = useWords();
  const { data, error, refetch } = useQuery({
    ...query('operator.carriers.list'),
    refetchInterval: refreshMs,
  });
  const [editing, setEditing] = useState<string | 'new' | null>(null);
  const rows = data?.rows ?? [];
  const isSimulated = rows.some((row) => row.isSimulated);
  const add = (
    <Button onClick={() => setEditing('new')} variant={rows.length > 0 ? 'default' : 'filled'}>
      {w.add}
    </Button>
  );
  return (
    <Page
      title={w.title}
      state={
        rows.length > 0 ? w.summary(rows.filter(({ state }) => state === 'usable').length, rows.length) : null
      }
      actions={add}
    >
      <CarrierTabs />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Loading /> : null}
      {isSimulated ? <Alert tone="half">{w.simulated}</Alert> : null}
      {data !== undefined && rows.length === 0 ? (
        <Empty title={w.noneTitle} actions={add}>
          {w.noneText}
        </Empty>
      ) : null}
      <div className={css['cards']}>
        {rows.map((row) => (
          <LinkCard key={row.carrier} row={row} onEdit={() => setEditing(row.carrier)} />
        ))}
      </div>
      <CarrierForm key={editing ?? ''} editing={editing} onClose={() => setEditing(null)} />
    </Page>
  );
}

function LinkCard({ row, onEdit }: { readonly row: Row; readonly onEdit: () => void }) {
  const { carriers: w } = useWords();
  const { health, state } = row;
  const sum = (of: (one: Row['health'][number]) => number) =>
    health.reduce((total, one) => total + of(one), 0);
  const throttled = sum(({ lastMinute }) => lastMinute.throttled);
  const lastReceipt = health
    .flatMap(({ lastReceiptAt }) => lastReceiptAt ?? [])
    .sort()
    .at(-1);
  const failures = health.flatMap(({ binds }) => binds).filter(({ reason }) => reason !== null);
  const first = failures[0];
  return (
    <section className={css['link']} aria-label={row.carrier}>
      <div className={css['linkHead']}>
        <span className={css['linkName']}>
          <h2>{row.isSimulated ? w.simulatedName : row.carrier}</h2>
          <Chip tone={stateTones[state]}>{w.states[state]}</Chip>
        </span>
        {row.isSimulated ? null : (
          <Actions row={row} onEdit={onEdit} inHand={sum(({ inFlight }) => inFlight)} />
        )}
      </div>
      {row.description ? (
        <span className="soft small">
          {w.kinds[row.kind]} · {row.description}
        </span>
      ) : null}
      {state === 'paused' ? <p className="soft">{w.pausedText}</p> : null}
      {state === 'disabled' ? <p className="soft">{w.disabledText}</p> : null}
      {state === 'not-dispatched' ? <p className="soft">{w.notDispatchedText}</p> : null}
      {first === undefined ? null : <Failure bind={first} />}
      <Binds row={row} />
      {health.length === 0 ? null : (
        <div className={css['linkFigures']}>
          <SmallFigure label={w.perMinute}>
            {format.number(sum((one) => one.lastMinute.accepted))}
          </SmallFigure>
          <SmallFigure label={w.refused}>{format.number(sum((one) => one.lastMinute.refused))}</SmallFigure>
          <SmallFigure label={w.window}>
            {w.windowOf(
              sum((one) => one.inFlight),
              sum((one) => one.window),
            )}
          </SmallFigure>
          <SmallFigure label={w.answer}>
            {health[0]!.lastMinute.p50Ms === null
              ? '–'
              : `${format.duration(health[0]!.lastMinute.p50Ms)} · ${format.duration(health[0]!.lastMinute.p95Ms ?? 0)}`}
          </SmallFigure>
          <SmallFigure label={w.receipts}>{format.number(sum((one) => one.lastMinute.receipts))}</SmallFigure>
          <SmallFigure label={w.rate}>
            {health[0]!.perSecond === 0 ? w.noLimit : w.perSecond(health[0]!.perSecond)}
          </SmallFigure>
          {lastReceipt === undefined ? null : (
            <SmallFigure label={w.lastReceipt}>
              <Time at={lastReceipt} />
            </SmallFigure>
          )}
        </div>
      )}
      {throttled > 0 ? <Chip tone="warn">{w.throttled(throttled)}</Chip> : null}
      <Refusals row={row} />
    </section>
  );
}

function Failure({ bind }: { readonly bind: Bind }) {
  const { carriers: w } = useWords();
  const sentence = reasonOf(bind.reason, w);
  return (
    <div className={css['why']}>
      <span>{sentence ?? bind.reason}</span>
      <span className="soft small">
        {sentence === null ? null : <code>{bind.reason}</code>} {w.since} <Time at={bind.since} />
        {bind.retryAt ? (
          <>
            {' · '}
            {w.nextTry} <Time at={bind.retryAt} />
          </>
        ) : null}
      </span>
    </div>
  );
}

function Binds({ row }: { readonly row: Row }) {
  const { carriers: w } = useWords();
  const binds = row.health.flatMap(({ process, binds: own }) =>
    own.map((bind) => ({ ...bind, key: `${process.id} ${bind.index}` })),
  );
  if (row.kind === 'http' || binds.length === 0) return null;
  return (
    <ul className={css['binds']}>
      {binds.map((bind) => (
        <li key={bind.key}>
          <Shape tone={bindTones[bind.state]} />
          <span>
            {w.bind(bind.index)} {w.binds[bind.state]}
          </span>
          <span className="faint">
            <Time at={bind.since} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Refusals({ row }: { readonly row: Row }) {
  const { carriers: w } = useWords();
  const refusals = row.health.flatMap(({ lastMinute }) => lastMinute.refusals);
  if (refusals.length === 0) return null;
  return (
    <div className={css['why']} data-tone="warn">
      <span className="small soft">{w.refusals}</span>
      {refusals.map(({ code, times }) => (
        <span key={code}>
          <code>{code}</code> × {format.number(times)}
        </span>
      ))}
    </div>
  );
}

/** The answer of a carrier to one attempt, in words. */
export function TestAnswer({ test }: { readonly test: Test }) {
  const { carriers: w } = useWords();
  const isGood = test.result === 'bound' || test.result === 'reachable';
  const sentence = reasonOf(test.reason, w);
  return (
    <div role="status" className={css['why']} data-tone={isGood ? 'good' : 'bad'}>
      <strong>{w.results[test.result]}</strong>
      {sentence === null ? null : <span>{sentence}</span>}
      <span className="soft small">
        {test.reason === null ? null : <code>{test.reason}</code>} {format.duration(test.durationMs)}
      </span>
    </div>
  );
}

function Actions({
  row,
  onEdit,
  inHand,
}: {
  readonly row: Row;
  readonly onEdit: () => void;
  readonly inHand: number;
}) {
  const { carriers: w, common } = useWords();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'drain' | 'remove' | 'test' | null>(null);
  const [test, setTest] = useState<Test | null>(null);
  const { carrier, kind, state } = row;
  const act = async (action: 'pause' | 'resume' | 'enable') => {
    await call('operator.carriers.act', { carrier, body: { action } });
    await reloadCarriers();
  };
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button variant="default" data-size="xs" aria-label={`${common.actions}: ${carrier}`}>
            <IconDots size={18} stroke={1.75} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onEdit}>{w.change}</Menu.Item>
          <Menu.Item
            onClick={() => {
              setTest(null);
              setDialog('test');
              void call('operator.carriers.test', { body: { kind, carrier, options: {} } }).then(setTest);
            }}
          >
            {kind === 'smpp' ? w.tryBind : w.tryAddress}
          </Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/operator/routes' })}>{w.routes}</Menu.Item>
          <Menu.Divider />
          {state === 'paused' ? <Menu.Item onClick={() => void act('resume')}>{w.resume}</Menu.Item> : null}
          {state === 'disabled' ? (
            <Menu.Item onClick={() => void act('enable')}>{w.enable}</Menu.Item>
          ) : (
            <>
              {state === 'paused' ? null : <Menu.Item onClick={() => void act('pause')}>{w.pause}</Menu.Item>}
              <Menu.Item onClick={() => setDialog('drain')}>{w.disable}</Menu.Item>
            </>
          )}
          <Menu.Item onClick={() => setDialog('remove')}>{w.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={dialog === 'test'}
        onClose={() => setDialog(null)}
        title={kind === 'smpp' ? w.tryBind : w.tryAddress}
        action={common.done}
        onConfirm={async () => {}}
      >
        {test === null ? <p role="status">{w.trying}</p> : <TestAnswer test={test} />}
      </Confirm>
      <Confirm
        opened={dialog === 'drain'}
        onClose={() => setDialog(null)}
        title={w.drainTitle(carrier)}
        action={w.disable}
        danger
        onConfirm={async () => {
          const { left } = await call('operator.carriers.act', { carrier, body: { action: 'drain' } });
          await reloadCarriers();
          if (left > 0) throw new CallError(409, { reason: 'conflict', detail: w.drainLeft(left) });
        }}
      >
        <p>{w.drainText(inHand)}</p>
      </Confirm>
      <Confirm
        opened={dialog === 'remove'}
        onClose={() => setDialog(null)}
        title={w.removeTitle(carrier)}
        action={w.removeAction}
        danger
        onConfirm={async () => {
          await call('operator.carriers.remove', { carrier });
          await reloadCarriers();
        }}
      >
        <p>{w.removeText}</p>
      </Confirm>
    </>
  );
}
