// Misbehaviour of the simulated carrier: delay, throttling, faults by probability, held receipts. For operators. Each change is
// in force at once.
import { Button, NumberInput, SegmentedControl, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { Alert, ErrorBox, Section } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';
import css from './phone.module.css';

type Data = Answer<'phone.readBehaviour'>;
type Change = Partial<Omit<Data, 'waiting'>>;
type Fault = 'drop' | 'silent' | 'malformed' | 'garbled';

const faults: readonly Fault[] = ['drop', 'silent', 'malformed', 'garbled'];
const levels = { off: 0, some: 0.1, half: 0.5, all: 1 } as const;
/** ESME_RBINDFAIL (SMPP 3.4 §5.1.3). */
const bindFailed = 0x0d;

type Level = keyof typeof levels;

/** The nearest choice; "every n-th" was set elsewhere and counts as some. */
function levelOf(value: Data[Fault]): Level {
  if (typeof value !== 'number') return 'some';
  if (value === 0) return 'off';
  return value < 0.3 ? 'some' : value < 0.8 ? 'half' : 'all';
}

const normal: Change = {
  latencyMs: 0,
  throttlePerSecond: 0,
  drop: 0,
  silent: 0,
  malformed: 0,
  garbled: 0,
  bindStatus: 0,
  holdReceipts: false,
};

const isNormal = (data: Data) =>
  Object.entries(normal).every(([name, value]) => data[name as keyof Data] === value);

export function Behaviour() {
  const { phone: w } = useWords();
  const { data, error, refetch } = useQuery(query('phone.readBehaviour'));
  const [failure, setFailure] = useState<unknown>(null);
  const change = async (body: Change) => {
    try {
      queries.setQueryData(query('phone.readBehaviour').queryKey, await call('phone.setBehaviour', { body }));
      setFailure(null);
    } catch (caught) {
      setFailure(caught);
    }
  };
  if (data === undefined) return error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null;
  return (
    <Section title={w.misbehaviour}>
      <p className="soft">{w.misbehaviourLead}</p>
      {isNormal(data) ? null : (
        <Alert
          tone="warn"
          title={w.misbehaves}
          actions={
            <Button variant="default" onClick={() => void change(normal)}>
              {w.normal}
            </Button>
          }
        />
      )}
      {failure === null ? null : <ErrorBox error={failure} />}
      <div className={css['faults']}>
        <span>{w.latency}</span>
        <Amount
          label={w.latency}
          value={data.latencyMs}
          max={60_000}
          onChange={(latencyMs) => void change({ latencyMs })}
        />
        <span>{w.throttle}</span>
        <Amount
          label={w.throttle}
          value={data.throttlePerSecond}
          max={100_000}
          onChange={(throttlePerSecond) => void change({ throttlePerSecond })}
        />
        {faults.map((fault) => (
          <FaultRow
            key={fault}
            fault={fault}
            value={data[fault]}
            onChange={(value) => void change({ [fault]: value })}
          />
        ))}
        <span>{w.refuseBinds}</span>
        <Switch
          aria-label={w.refuseBinds}
          checked={data.bindStatus !== 0}
          onChange={({ currentTarget }) =>
            void change({ bindStatus: currentTarget.checked ? bindFailed : 0 })
          }
        />
        <span>
          {w.hold}
          {data.waiting > 0 ? <span className="faint"> · {w.held(data.waiting)}</span> : null}
        </span>
        <Switch
          aria-label={w.hold}
          checked={data.holdReceipts}
          onChange={({ currentTarget }) => void change({ holdReceipts: currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

function FaultRow({
  fault,
  value,
  onChange,
}: {
  readonly fault: Fault;
  readonly value: Data[Fault];
  readonly onChange: (value: number) => void;
}) {
  const { phone: w } = useWords();
  return (
    <>
      <span>{w[fault]}</span>
      <SegmentedControl
        size="xs"
        aria-label={w[fault]}
        value={levelOf(value)}
        data={(Object.keys(levels) as Level[]).map((level) => ({
          value: level,
          label: w.probability[level],
        }))}
        onChange={(next) => onChange(levels[next as Level])}
      />
    </>
  );
}

/** Takes effect when the field is left, or with Enter. */
function Amount({
  label,
  value,
  max,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}) {
  const [text, setText] = useState<string | number>(value);
  const apply = () => {
    const next = Number(text);
    if (Number.isInteger(next) && next !== value) onChange(next);
  };
  return (
    <NumberInput
      aria-label={label}
      value={text}
      min={0}
      max={max}
      w={120}
      hideControls
      onChange={setText}
      onBlur={apply}
      onKeyDown={({ key }) => {
        if (key === 'Enter') apply();
      }}
    />
  );
}
