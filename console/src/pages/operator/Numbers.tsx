// Numbers that recipients can answer: the pool, those of single accounts, and the surcharge of campaigns with replies.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Confirm, Empty, ErrorBox, Page, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FormDialog } from './FormDialog.tsx';
import { PriceTabs } from './tabs.tsx';

type Row = Answer<'operator.numbers.list'>['rows'][number];
type Dialog =
  | { readonly kind: 'add' | 'surcharge' }
  | { readonly kind: 'assign' | 'remove'; readonly row: Row };

const reload = () => queries.invalidateQueries({ queryKey: ['operator.numbers.list'] });
const shown = ({ number, kind }: Row) => (kind === 'virtual' ? format.phone(`+${number}`) : number);

export function Numbers() {
  const { operator, common } = useWords();
  const { numbers: w } = operator;
  const { data, error, refetch } = useQuery(query('operator.numbers.list'));
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const add = <Button onClick={() => setDialog({ kind: 'add' })}>{w.add}</Button>;
  return (
    <Page
      title={w.title}
      state={data ? w.state(data.rows.length) : null}
      actions={data && data.rows.length > 0 ? add : null}
    >
      <PriceTabs />
      <p className="soft" style={{ maxWidth: '68ch' }}>
        {w.lead}
      </p>
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.title}
        rows={data?.rows ?? []}
        isLoading={data === undefined && !error}
        rowKey={({ number }) => number}
        empty={
          error ? null : (
            <Empty title={w.empty} actions={add}>
              {w.emptyText}
            </Empty>
          )
        }
        columns={[
          { key: 'number', name: w.number, cell: (row) => <strong>{shown(row)}</strong>, phone: 'first' },
          { key: 'kind', name: w.kind, cell: ({ kind }) => w.kinds[kind], phone: 'wide' },
          {
            key: 'account',
            name: w.usedBy,
            cell: ({ account }) =>
              account === null ? <Chip tone="good">{w.pool}</Chip> : <Chip tone="half">{account}</Chip>,
            phone: 'aside',
          },
          {
            key: 'countries',
            name: w.countries,
            clips: true,
            cell: ({ countries }) => (
              <span className="soft">
                {countries.length === 0 ? w.allCountries : countries.map(format.country).join(', ')}
              </span>
            ),
            phone: 'hide',
          },
          {
            key: 'actions',
            name: '',
            align: 'right',
            cell: (row) => (
              <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                <Button variant="subtle" data-size="xs" onClick={() => setDialog({ kind: 'assign', row })}>
                  {w.assign}
                </Button>
                <Button variant="subtle" data-size="xs" onClick={() => setDialog({ kind: 'remove', row })}>
                  {w.remove}
                </Button>
              </span>
            ),
            phone: 'aside',
          },
        ]}
      />
      {data === undefined ? null : (
        <Section title={w.surcharge}>
          <div className="row">
            <span>{w.surchargeText(format.money(data.surcharge))}</span>
            <Button variant="default" data-size="xs" onClick={() => setDialog({ kind: 'surcharge' })}>
              {w.change}
            </Button>
          </div>
        </Section>
      )}
      <Dialogs
        dialog={dialog}
        surcharge={data?.surcharge ?? '0'}
        onClose={() => setDialog(null)}
        saved={common.saved}
      />
    </Page>
  );
}

function Dialogs({
  dialog,
  surcharge,
  onClose,
  saved,
}: {
  readonly dialog: Dialog | null;
  readonly surcharge: string;
  readonly onClose: () => void;
  readonly saved: string;
}) {
  const { operator, common } = useWords();
  const { numbers: w } = operator;
  const done = async () => {
    await reload();
    notifications.show({ message: saved });
  };
  const row = dialog !== null && 'row' in dialog ? dialog.row : null;
  return (
    <>
      <FormDialog
        opened={dialog?.kind === 'add'}
        onClose={onClose}
        title={w.add}
        action={common.add}
        onSubmit={async (text) => {
          const countries = text('countries')
            .toUpperCase()
            .split(/[\s,;]+/)
            .filter(Boolean);
          const account = text('account');
          const body = { number: text('number'), countries, ...(account !== '' && { account }) };
          await call('operator.numbers.add', { body });
          await done();
        }}
      >
        {(form) => (
          <>
            <TextInput
              name="number"
              label={w.number}
              description={w.numberHint}
              required
              withAsterisk={false}
              data-autofocus
              error={form.fault('number')}
            />
            <TextInput
              name="countries"
              label={w.countries}
              description={w.countriesHint}
              error={form.fault('countries')}
            />
            <TextInput
              name="account"
              label={common.account}
              description={w.accountHint}
              error={form.fault('account')}
            />
          </>
        )}
      </FormDialog>
      <FormDialog
        opened={dialog?.kind === 'assign'}
        onClose={onClose}
        title={row ? w.assignTitle(shown(row)) : ''}
        action={common.save}
        onSubmit={async (text) => {
          if (row === null) return;
          const account = text('account') === '' ? null : text('account');
          await call('operator.numbers.assign', { number: row.number, body: { account } });
          await done();
        }}
      >
        {(form) => (
          <TextInput
            name="account"
            label={common.account}
            description={w.accountHint}
            defaultValue={row?.account ?? ''}
            data-autofocus
            error={form.fault('account')}
          />
        )}
      </FormDialog>
      <FormDialog
        opened={dialog?.kind === 'surcharge'}
        onClose={onClose}
        title={w.surcharge}
        action={common.save}
        onSubmit={async (text) => {
          await call('operator.numbers.setSurcharge', { body: { amount: text('amount').replace(',', '.') } });
          await done();
        }}
      >
        {(form) => (
          <TextInput
            name="amount"
            label={common.amount}
            description={w.amountHint}
            inputMode="decimal"
            defaultValue={surcharge.replace(/\.?0+$/, '') || '0'}
            data-autofocus
            error={form.fault('amount')}
          />
        )}
      </FormDialog>
      <Confirm
        opened={dialog?.kind === 'remove'}
        onClose={onClose}
        title={row ? w.removeTitle(shown(row)) : ''}
        action={w.remove}
        danger
        onConfirm={async () => {
          if (row === null) return;
          await call('operator.numbers.remove', { number: row.number });
          await done();
        }}
      >
        <p>{w.removeText}</p>
      </Confirm>
    </>
  );
}
