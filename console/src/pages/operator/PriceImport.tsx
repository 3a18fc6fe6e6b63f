// The import of a card of prices: the file is checked by the server, its mistakes are shown by row, or the difference that it makes.
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call } from '../../api.ts';
import { Alert, ErrorBox } from '../../parts/Page.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';
import { reloadPrices } from './Prices.tsx';

type Checked = Answer<'operator.rates.preview'>;
type Preview = NonNullable<Checked['preview']>;

export function PriceImport({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { operatorDecisions: w, common } = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={w.importTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {opened ? <Steps onClose={onClose} /> : null}
    </Modal>
  );
}

function Steps({ onClose }: { readonly onClose: () => void }) {
  const { operatorDecisions: w } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [csv, setCsv] = useState<string | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const [from, setFrom] = useState('');
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const read = (file: File | undefined) =>
    run(async () => {
      if (!file) return;
      setChecked(null);
      const text = await file.text();
      setCsv(text);
      setChecked(await call('operator.rates.preview', { body: { csv: text } }));
    });
  const apply = () =>
    run(async () => {
      if (csv === null) return;
      const body = { csv, ...(from !== '' && { from: new Date(from).toISOString() }) };
      await call('operator.rates.import', { body });
      await reloadPrices();
      notifications.show({ message: w.imported });
      onClose();
    });
  const preview = checked?.preview ?? null;
  const changes = preview ? preview.changed.length + preview.added.length : 0;
  return (
    <div className="stack">
      <p className="soft">{w.importText}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard. */}
      <div
        className={css['drop']}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void read(event.dataTransfer.files[0]);
        }}
      >
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,text/csv"
          hidden
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
        <Button variant="default" loading={isBusy && preview === null} onClick={() => input.current?.click()}>
          {w.chooseFile}
        </Button>
      </div>
      {error === null ? null : <ErrorBox error={error} />}
      {checked && checked.mistakes.length > 0 ? (
        <Alert tone="bad" title={w.mistakes(checked.mistakes.length)}>
          <ul className={css['mistakes']}>
            {checked.mistakes.map((mistake) => (
              <li key={mistake}>{mistake}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {preview ? <Difference preview={preview} /> : null}
      {preview && changes + preview.removed.length > 0 ? (
        <>
          <TextInput
            type="datetime-local"
            label={w.from}
            description={w.fromHint}
            value={from}
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button loading={isBusy} onClick={() => void apply()}>
              {w.apply(changes, preview.removed.length)}
            </Button>
          </div>
        </>
      ) : null}
    </div>
  );
}

function Difference({ preview }: { readonly preview: Preview }) {
  const { operatorDecisions: w, states } = useWords();
  const { changed, added, removed, belowCost, unserved } = preview;
  if (changed.length + added.length + removed.length === 0) return <p>{w.unchanged}</p>;
  const place = ({ country, tier }: { readonly country: string; readonly tier: keyof typeof states.tier }) =>
    `${format.country(country)}, ${states.tier[tier]}`;
  const trafficTo = (country: string, tier: string) =>
    unserved.find((one) => one.country === country && one.tier === tier)?.messages ?? 0;
  return (
    <div className="stack">
      <Group title={w.changed(changed.length)} count={changed.length}>
        {changed.map((rate) => {
          const ratio = Number(rate.price) / Number(rate.before) - 1;
          return (
            <li key={place(rate)}>
              <span className={css['grow']}>{place(rate)}</span>
              <span>
                {format.money(rate.before)} → <strong>{format.money(rate.price)}</strong>
              </span>
              <span className={Math.abs(ratio) > 0.2 ? '' : 'soft'}>
                {ratio > 0 ? '+' : '−'}
                {format.percent(Math.abs(ratio), 0)}
                {Math.abs(ratio) > 0.2 ? ' ▲' : ''}
              </span>
            </li>
          );
        })}
      </Group>
      <Group title={w.added(added.length)} count={added.length}>
        {added.map((rate) => (
          <li key={place(rate)}>
            <span className={css['grow']}>{place(rate)}</span>
            <strong>{format.money(rate.price)}</strong>
          </li>
        ))}
      </Group>
      <Group title={w.removed(removed.length)} count={removed.length} tone="bad">
        {removed.map((rate) => (
          <li key={place(rate)}>
            <span className={css['grow']}>
              {place(rate)}
              {trafficTo(rate.country, rate.tier) > 0 ? (
                <strong className="small">{w.unserved(trafficTo(rate.country, rate.tier))}</strong>
              ) : null}
            </span>
          </li>
        ))}
      </Group>
      <Group title={w.belowCost(belowCost.length)} count={belowCost.length} tone="warn">
        {belowCost.map((rate) => (
          <li key={place(rate)}>
            <span className={css['grow']}>{place(rate)}</span>
            <span>{format.money(rate.price)}</span>
            <span className="soft">{w.costIs(format.money(rate.cost))}</span>
          </li>
        ))}
      </Group>
    </div>
  );
}

function Group({
  title,
  count,
  tone = 'half',
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly tone?: 'half' | 'bad' | 'warn';
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <Alert tone={tone} title={title}>
      <ul className={css['list']}>{children}</ul>
    </Alert>
  );
}
