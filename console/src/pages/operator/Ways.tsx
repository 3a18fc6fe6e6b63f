// "Which way would this go?": every route in its order for one number, tier and sender, and why it is taken or not.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { useFilters } from '../../parts/lists.ts';
import { Alert, ErrorBox, Page, Section } from '../../parts/Page.tsx';
import { Chip, type Tone } from '../../parts/StatusChip.tsx';
import { Money } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CarrierTabs } from './Carriers.tsx';
import css from './operator.module.css';

type Row = Answer<'operator.routes.explain'>['rows'][number];

const tones: Readonly<Record<Row['verdict'], Tone>> = {
  taken: 'good',
  spare: 'waits',
  unusable: 'bad',
  troubled: 'bad',
  loss: 'bad',
  other: 'ended',
};
const tiers = ['premium', 'low_cost', 'world'] as const;

export function Ways() {
  const { carriers: w, states } = useWords();
  const [values, change] = useFilters();
  const { number, sender, account } = values;
  const tier = tiers.find((one) => one === values['tier']) ?? 'premium';
  const args = { number: number ?? '', tier, ...(sender && { sender }), ...(account && { account }) };
  const { data, error } = useQuery({
    ...query('operator.routes.explain', args),
    enabled: Boolean(number),
    refetchInterval: 5_000,
  });
  return (
    <Page title={w.which} state={w.whichText}>
      <CarrierTabs />
      <form
        className="row"
        style={{ alignItems: 'flex-end' }}
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
          change({
            number: text('number'),
            tier: text('tier'),
            sender: text('sender'),
            account: text('account'),
          });
        }}
      >
        <TextInput
          name="number"
          label={w.number}
          placeholder="+33601020304"
          defaultValue={number ?? ''}
          inputMode="tel"
          required
          withAsterisk={false}
        />
        <NativeSelect
          name="tier"
          label={w.tier}
          defaultValue={tier}
          data={tiers.map((one) => ({ value: one, label: states.tier[one] }))}
        />
        <TextInput name="sender" label={w.sender} defaultValue={sender ?? ''} />
        <TextInput name="account" label={w.account} defaultValue={account ?? ''} />
        <Button type="submit">{w.ask}</Button>
      </form>
      {error ? <ErrorBox error={error} /> : null}
      {data && number ? (
        <Section title={w.to(format.country(data.country))}>
          {data.rows.some(({ verdict }) => verdict === 'taken') ? null : (
            <Alert tone="bad" title={w.nobody} />
          )}
          <ul className={css['list']}>
            {data.rows.map((row) => (
              <Way key={row.route.route} row={row} />
            ))}
          </ul>
        </Section>
      ) : null}
    </Page>
  );
}

function Way({ row: { route, verdict, share, state, condition, cost } }: { readonly row: Row }) {
  const { carriers: w, states } = useWords();
  const conditions = [
    route.country === null ? w.everyCountry : format.country(route.country),
    route.tier === null ? w.everyTier : states.tier[route.tier],
    route.sender ?? w.everySender,
    ...(route.prefix === null ? [] : [`+${route.prefix}…`]),
    ...(route.account === null ? [] : [route.account]),
    ...(route.encoding === null ? [] : [w.encodings[route.encoding]]),
    ...(route.newSender === null ? [] : [w.as(route.newSender)]),
  ].join(' · ');
  const why =
    state !== null
      ? w.states[state]
      : condition !== null
        ? w.conditions[condition]
        : share !== null && share < 1
          ? w.share(format.percent(share, 0))
          : null;
  return (
    <li>
      <span style={{ minWidth: 60 }} className="soft">
        {format.number(route.position)}
      </span>
      <span className={css['grow']}>
        <strong>{route.carrier}</strong>
        <span className="soft small">{conditions}</span>
      </span>
      <span className={css['grow']} style={{ alignItems: 'flex-start' }}>
        <Chip tone={tones[verdict]}>{w.verdicts[verdict]}</Chip>
        {why === null ? null : <span className="soft small">{why}</span>}
        {cost === null || verdict === 'other' ? null : (
          <span className="soft small">
            {w.cost} <Money value={cost} />
          </span>
        )}
      </span>
    </li>
  );
}
