// The routing rules in their order: add, change, remove, and move before the rule above.
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import IconArrowUp from '@tabler/icons-react/icons/IconArrowUp';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Confirm, Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import { Money } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CarrierTabs } from './Carriers.tsx';
import { FormDialog } from './FormDialog.tsx';
import css from './operator.module.css';

export type Route = Answer<'operator.routes.list'>['rows'][number];

const tiers = ['premium', 'low_cost', 'world'] as const;
const purposes = ['transactional', 'marketing'] as const;
const encodings = ['gsm7', 'ucs2'] as const;
const choices = ['weight', 'cheapest', 'first'] as const;
type Tier = (typeof tiers)[number];

const reload = () => queries.invalidateQueries({ queryKey: ['operator.routes.list'] });

/** Without the choice, which is that of the position. */
const bodyOf = ({ route: _route, carrier: _carrier, choice: _choice, ...body }: Route) => body;

export function Routes() {
  const { carriers: w, common, states } = useWords();
  const { data, error, refetch } = useQuery(query('operator.routes.list'));
  const [editing, setEditing] = useState<Route | 'new' | null>(null);
  const [removing, setRemoving] = useState<Route | null>(null);
  const rows = data?.rows ?? [];
  const moveUp = async (route: Route) => {
    const above = rows[rows.indexOf(route) - 1];
    if (above === undefined) return;
    const position = Math.max(1, above.position === route.position ? route.position - 1 : above.position);
    if (above.position !== route.position)
      await call('operator.routes.change', {
        route: above.route,
        body: { ...bodyOf(above), position: route.position },
      });
    await call('operator.routes.change', { route: route.route, body: { ...bodyOf(route), position } });
    await reload();
  };
  const add = <Button onClick={() => setEditing('new')}>{w.addRoute}</Button>;
  return (
    <Page title={w.routes} state={w.routesState} actions={add}>
      <CarrierTabs />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.routes}
        rows={rows}
        isLoading={data === undefined && !error}
        rowKey={({ route }) => route}
        onOpen={(route) => setEditing(route)}
        empty={
          <Empty title={w.noRoutes} actions={add}>
            {w.noRoutesText}
          </Empty>
        }
        columns={[
          {
            key: 'position',
            name: w.position,
            align: 'right',
            cell: ({ position }) => format.number(position),
          },
          {
            key: 'carrier',
            name: w.carrier,
            cell: ({ carrier }) => <strong>{carrier}</strong>,
            phone: 'aside',
          },
          {
            key: 'country',
            name: w.country,
            cell: ({ country }) =>
              country === null ? <span className="soft">{w.everyCountry}</span> : format.country(country),
          },
          {
            key: 'tier',
            name: w.tier,
            phone: 'aside',
            cell: ({ tier }) =>
              tier === null ? <span className="soft">{w.everyTier}</span> : states.tier[tier],
          },
          {
            key: 'sender',
            name: w.sender,
            cell: ({ sender, newSender }) => (
              <>
                {sender ?? <span className="soft">{w.everySender}</span>}
                {newSender === null ? null : <span className="soft small"> {w.as(newSender)}</span>}
              </>
            ),
          },
          {
            key: 'others',
            name: w.account,
            phone: 'hide',
            cell: ({ prefix, account, encoding, purpose, tag, hours }) =>
              [
                ...(account === null ? [] : [account]),
                ...(prefix === null ? [] : [`+${prefix}…`]),
                ...(encoding === null ? [] : [w.encodings[encoding]]),
                ...(purpose === null ? [] : [states.purpose[purpose]]),
                ...(tag === null ? [] : [tag]),
                ...(hours === null ? [] : [hours]),
              ].join(' · '),
          },
          {
            key: 'weight',
            name: w.weight,
            align: 'right',
            cell: ({ weight, choice }) => (choice === 'weight' ? format.number(weight) : w.choices[choice]),
            phone: 'hide',
          },
          {
            key: 'cost',
            name: w.cost,
            align: 'right',
            phone: 'aside',
            cell: ({ cost }) =>
              cost === null ? <span className="soft">{w.unknownCost}</span> : <Money value={cost} />,
          },
          {
            key: 'actions',
            name: '',
            align: 'right',
            phone: 'wide',
            cell: (route) => (
              <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                {rows[0] === route ? null : (
                  <Button
                    variant="subtle"
                    data-size="xs"
                    aria-label={`${w.moveUp}: ${route.carrier}`}
                    onClick={() => void moveUp(route)}
                  >
                    <IconArrowUp size={16} stroke={1.75} />
                  </Button>
                )}
                <Button variant="subtle" data-size="xs" onClick={() => setRemoving(route)}>
                  {common.remove}
                </Button>
              </span>
            ),
          },
        ]}
      />
      <RouteForm editing={editing} onClose={() => setEditing(null)} />
      <Confirm
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={w.routeRemoveTitle}
        action={common.remove}
        danger
        onConfirm={async () => {
          if (removing) await call('operator.routes.remove', { route: removing.route });
          await reload();
        }}
      >
        <p>{w.routeRemoveText}</p>
      </Confirm>
    </Page>
  );
}

function RouteForm({
  editing,
  onClose,
}: {
  readonly editing: Route | 'new' | null;
  readonly onClose: () => void;
}) {
  const { carriers: w, states } = useWords();
  const { data } = useQuery({ ...query('operator.carriers.list'), enabled: editing !== null });
  const stored = editing === 'new' ? null : editing;
  const names = data?.rows.filter(({ isSimulated }) => !isSimulated).map(({ carrier }) => carrier) ?? [];
  return (
    <FormDialog
      opened={editing !== null}
      onClose={onClose}
      title={stored === null ? w.addRoute : w.changeRoute}
      action={stored === null ? w.addRoute : w.save}
      size="lg"
      onSubmit={async (text) => {
        const body = {
          country: text('country') || null,
          tier: (text('tier') || null) as Tier | null,
          sender: text('sender') || null,
          position: Number(text('position')),
          weight: Number(text('weight')),
          cost: text('cost') || null,
          prefix: text('prefix') || null,
          account: text('account') || null,
          encoding: (text('encoding') || null) as Route['encoding'],
          ...(text('choice') !== '' && { choice: text('choice') as Route['choice'] }),
          newSender: text('newSender') || null,
          purpose: (text('purpose') || null) as Route['purpose'],
          tag: text('tag') || null,
          hours: text('hours') || null,
          patienceS: text('patienceS') === '' ? null : Number(text('patienceS')),
          allowsLoss: text('allowsLoss') === 'yes',
          resendOn: text('resendOn')
            .split(',')
            .map((entry) => entry.trim())
            .filter((entry) => entry !== ''),
          resendLimit: Number(text('resendLimit')),
          resendWithinS: Number(text('resendWithinS')),
        };
        if (stored === null)
          await call('operator.routes.add', { body: { ...body, carrier: text('carrier') } });
        else await call('operator.routes.change', { route: stored.route, body });
        await reload();
      }}
    >
      {(form) => (
        <div className={css['pair']}>
          {stored === null ? (
            <NativeSelect name="carrier" label={w.carrier} data={names} required withAsterisk={false} />
          ) : (
            <TextInput label={w.carrier} value={stored.carrier} disabled />
          )}
          <TextInput
            name="position"
            label={w.position}
            type="number"
            min={1}
            defaultValue={stored?.position ?? 50}
            required
            withAsterisk={false}
            error={form.fault('position')}
          />
          <TextInput
            name="country"
            label={w.country}
            description={w.countryHint}
            maxLength={2}
            defaultValue={stored?.country ?? ''}
            error={form.fault('country')}
          />
          <NativeSelect
            name="tier"
            label={w.tier}
            defaultValue={stored?.tier ?? ''}
            data={[
              { value: '', label: w.everyTier },
              ...tiers.map((tier) => ({ value: tier, label: states.tier[tier] })),
            ]}
          />
          <TextInput
            name="sender"
            label={w.sender}
            description={w.senderHint}
            defaultValue={stored?.sender ?? ''}
            error={form.fault('sender')}
          />
          <TextInput
            name="weight"
            label={w.weight}
            type="number"
            min={1}
            defaultValue={stored?.weight ?? 1}
            required
            withAsterisk={false}
            error={form.fault('weight')}
          />
          <TextInput
            name="cost"
            label={w.cost}
            description={w.costHint}
            inputMode="decimal"
            defaultValue={stored?.cost?.replace(/0+$/, '').replace(/\.$/, '') ?? ''}
            error={form.fault('cost')}
          />
          <TextInput
            name="prefix"
            label={w.prefix}
            description={w.prefixHint}
            defaultValue={stored?.prefix ?? ''}
            error={form.fault('prefix')}
          />
          <TextInput
            name="account"
            label={w.account}
            description={w.accountHint}
            defaultValue={stored?.account ?? ''}
            error={form.fault('account')}
          />
          <NativeSelect
            name="encoding"
            label={w.encoding}
            defaultValue={stored?.encoding ?? ''}
            data={[
              { value: '', label: w.everyEncoding },
              ...encodings.map((one) => ({ value: one, label: w.encodings[one] })),
            ]}
          />
          <NativeSelect
            name="purpose"
            label={w.purpose}
            defaultValue={stored?.purpose ?? ''}
            data={[
              { value: '', label: w.everyPurpose },
              ...purposes.map((one) => ({ value: one, label: states.purpose[one] })),
            ]}
          />
          <TextInput
            name="tag"
            label={w.tag}
            description={w.tagHint}
            defaultValue={stored?.tag ?? ''}
            error={form.fault('tag')}
          />
          <TextInput
            name="hours"
            label={w.hours}
            description={w.hoursHint}
            defaultValue={stored?.hours ?? ''}
            error={form.fault('hours')}
          />
          <TextInput
            name="patienceS"
            label={w.patience}
            description={w.patienceHint}
            type="number"
            min={1}
            max={3_600}
            defaultValue={stored?.patienceS ?? ''}
            error={form.fault('patienceS')}
          />
          <NativeSelect
            name="choice"
            label={w.choice}
            defaultValue={stored?.choice ?? ''}
            data={[
              { value: '', label: w.choiceStays },
              ...choices.map((one) => ({ value: one, label: w.choices[one] })),
            ]}
          />
          <TextInput
            name="newSender"
            label={w.newSender}
            description={w.newSenderHint}
            defaultValue={stored?.newSender ?? ''}
            error={form.fault('newSender')}
          />
          <TextInput
            name="resendOn"
            label={w.resendOn}
            description={w.resendOnHint}
            defaultValue={stored?.resendOn.join(', ') ?? ''}
            error={form.fault('resendOn')}
          />
          <TextInput
            name="resendLimit"
            label={w.resendLimit}
            type="number"
            min={1}
            max={3}
            defaultValue={stored?.resendLimit ?? 1}
            required
            withAsterisk={false}
            error={form.fault('resendLimit')}
          />
          <TextInput
            name="resendWithinS"
            label={w.resendWithin}
            description={w.resendWithinHint}
            type="number"
            min={1}
            max={86_400}
            defaultValue={stored?.resendWithinS ?? 300}
            required
            withAsterisk={false}
            error={form.fault('resendWithinS')}
          />
          <Checkbox
            name="allowsLoss"
            value="yes"
            label={w.allowsLoss}
            defaultChecked={stored?.allowsLoss ?? false}
          />
        </div>
      )}
    </FormDialog>
  );
}
