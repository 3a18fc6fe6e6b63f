// The card of prices with cost and margin: one price is changed in a dialog, a whole card by an import with a preview. Former
// cards can be restored.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Confirm, Empty, ErrorBox, Page, Section } from '../../parts/Page.tsx';
import { Money, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FormDialog } from './FormDialog.tsx';
import css from './operator.module.css';
import { PriceImport } from './PriceImport.tsx';
import { PriceTabs } from './tabs.tsx';

type Rate = Answer<'operator.rates.list'>['rows'][number];
type Change = Answer<'operator.rates.history'>['rows'][number];
const tiers = ['premium', 'low_cost', 'world'] as const;

export const reloadPrices = () =>
  Promise.all(
    (['operator.rates.list', 'operator.rates.history'] as const).map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );

export function Prices() {
  const { operatorDecisions: w, states, common } = useWords();
  const { data, error, refetch } = useQuery(query('operator.rates.list'));
  const [values, change] = useFilters();
  const [editing, setEditing] = useState<Rate | 'new' | null>(null);
  const [isImporting, setImporting] = useState(false);
  const wanted = values['q']?.toLowerCase();
  const rows = (data?.rows ?? []).filter(
    ({ country }) =>
      wanted === undefined ||
      country.toLowerCase() === wanted ||
      format.country(country).toLowerCase().includes(wanted),
  );
  const exportCard = async () => {
    const { csv } = await call('operator.rates.export');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
    link.download = 'prices.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Page
      title={w.prices}
      state={data ? w.pricesState(data.rows.length) : null}
      actions={
        <>
          <Button variant="default" onClick={() => void exportCard()}>
            {w.export}
          </Button>
          <Button variant="default" onClick={() => setEditing('new')}>
            {w.setPrice}
          </Button>
          <Button onClick={() => setImporting(true)}>{w.import}</Button>
        </>
      }
    >
      <PriceTabs />
      <FilterBar
        filters={[]}
        values={values}
        onChange={change}
        search={{ key: 'q', placeholder: w.search }}
      />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.prices}
        rows={rows}
        isLoading={data === undefined && !error}
        rowKey={({ country, tier }) => `${country} ${tier}`}
        onOpen={(rate) => setEditing(rate)}
        empty={<Empty title={wanted ? common.empty.filtered : w.noPrices} />}
        columns={[
          {
            key: 'country',
            name: w.country,
            clips: true,
            cell: ({ country }) => (
              <>
                {format.country(country)} <span className="faint">{country}</span>
              </>
            ),
          },
          { key: 'tier', name: w.tier, cell: ({ tier }) => states.tier[tier] },
          {
            key: 'price',
            name: w.price,
            align: 'right',
            phone: 'aside',
            cell: ({ price }) => <Money value={price} />,
          },
          {
            key: 'cost',
            name: w.cost,
            align: 'right',
            phone: 'hide',
            cell: ({ cost }) =>
              cost === null ? <span className="faint">{w.unknown}</span> : <Money value={cost} />,
          },
          {
            key: 'margin',
            name: w.margin,
            align: 'right',
            phone: 'aside',
            cell: ({ margin }) =>
              margin === null ? <span className="faint">–</span> : <Money value={margin} sign />,
          },
        ]}
      />
      <Upcoming rows={data?.upcoming ?? []} />
      <History />
      <PriceForm editing={editing} onClose={() => setEditing(null)} />
      <PriceImport opened={isImporting} onClose={() => setImporting(false)} />
    </Page>
  );
}

function Upcoming({ rows }: { readonly rows: Answer<'operator.rates.list'>['upcoming'] }) {
  const { operatorDecisions: w, states } = useWords();
  if (rows.length === 0) return null;
  return (
    <Section title={w.upcoming}>
      <ul className={css['list']}>
        {rows.slice(0, 50).map(({ country, tier, price, from }) => (
          <li key={`${country} ${tier} ${from}`}>
            <span className={css['grow']}>
              {format.country(country)} · {states.tier[tier]}
            </span>
            <span>{price === null ? '–' : <Money value={price} />}</span>
            <span className="soft">
              <Time at={from} exact />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function History() {
  const { operatorDecisions: w } = useWords();
  const { data } = useQuery(query('operator.rates.history'));
  const [restoring, setRestoring] = useState<Change | null>(null);
  if (!data || data.rows.length === 0) return null;
  return (
    <Section title={w.history}>
      <ul className={css['list']}>
        {data.rows.map((change, index) => (
          <li key={change.change}>
            <span className={css['grow']}>
              <span>
                {w.kinds[change.kind]} · {format.number(change.prices)}
              </span>
              <span className="faint small">
                {change.actor} · {format.exactTime(change.validFrom)}
              </span>
            </span>
            {index === 0 ? null : (
              <Button variant="default" data-size="xs" onClick={() => setRestoring(change)}>
                {w.restore}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Confirm
        opened={restoring !== null}
        onClose={() => setRestoring(null)}
        title={w.restoreTitle}
        action={w.restore}
        onConfirm={async () => {
          if (restoring) await call('operator.rates.restore', { change: restoring.change });
          await reloadPrices();
        }}
      >
        <p>{w.restoreText(restoring ? format.exactTime(restoring.validFrom) : '')}</p>
      </Confirm>
    </Section>
  );
}

function PriceForm({
  editing,
  onClose,
}: {
  readonly editing: Rate | 'new' | null;
  readonly onClose: () => void;
}) {
  const { operatorDecisions: w, states, common } = useWords();
  const rate = editing === 'new' ? null : editing;
  return (
    <FormDialog
      opened={editing !== null}
      onClose={onClose}
      title={rate ? w.change(`${format.country(rate.country)}, ${states.tier[rate.tier]}`) : w.setPrice}
      action={common.save}
      onSubmit={async (text) => {
        const from = text('from');
        const body = {
          country: (rate?.country ?? text('country')).toUpperCase(),
          tier: rate?.tier ?? (text('tier') as Rate['tier']),
          price: text('price') || null,
          ...(from !== '' && { from: new Date(from).toISOString() }),
        };
        await call('operator.rates.set', { body });
        await reloadPrices();
        notifications.show({ message: w.saved });
      }}
    >
      {(form) => (
        <>
          {rate ? null : (
            <div className={css['pair']}>
              <TextInput
                name="country"
                label={w.countryCode}
                maxLength={2}
                required
                withAsterisk={false}
                error={form.fault('country')}
              />
              <NativeSelect
                name="tier"
                label={w.tier}
                data={tiers.map((tier) => ({ value: tier, label: states.tier[tier] }))}
              />
            </div>
          )}
          <TextInput
            name="price"
            label={w.price}
            description={w.priceHint}
            inputMode="decimal"
            defaultValue={rate?.price.replace(/0+$/, '').replace(/\.$/, '') ?? ''}
            data-autofocus
            error={form.fault('price')}
          />
          <TextInput
            name="from"
            type="datetime-local"
            label={w.from}
            description={w.fromHint}
            error={form.fault('from')}
          />
        </>
      )}
    </FormDialog>
  );
}
