// Invoices and credit notes of the account, and the buyer that the next ones name.
import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useForm } from '../../parts/forms.tsx';
import { useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Money } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { signed } from './signed.ts';

export function Invoices() {
  const { account, canOwn } = useAccount();
  const { credit: w } = useWords();
  const list = useList('credit.listInvoices', { account });
  return (
    <>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.invoices}
        {...list}
        rowKey={({ number }) => number}
        empty={list.error ? null : <Empty title={w.invoicesEmpty}>{w.invoicesEmptyText}</Empty>}
        columns={[
          {
            key: 'number',
            name: w.number,
            cell: ({ number }) => (
              <Link to={`/print/invoice/${encodeURIComponent(number)}`} search={{ account }} target="_blank">
                {number}
              </Link>
            ),
          },
          { key: 'kind', name: w.kind, cell: ({ kind }) => w.documents[kind], phone: 'aside' },
          { key: 'issuedOn', name: w.issuedOn, cell: ({ issuedOn }) => format.calendar(issuedOn) },
          {
            key: 'for',
            name: w.for,
            cell: ({ order, invoice }) => invoice ?? w.statement.order(order),
            phone: 'hide',
          },
          {
            key: 'withoutTax',
            name: w.withoutTax,
            align: 'right',
            cell: ({ kind, withoutTax }) => <Money value={signed(kind, withoutTax)} />,
            phone: 'hide',
          },
          {
            key: 'total',
            name: w.total,
            align: 'right',
            cell: ({ kind, withTax }) => <Money value={signed(kind, withTax)} />,
            phone: 'aside',
          },
        ]}
      />
      <Billing account={account} canChange={canOwn} />
    </>
  );
}

function Billing({ account, canChange }: { readonly account: string; readonly canChange: boolean }) {
  const { credit: w, common } = useWords();
  const { data } = useQuery(query('credit.read', { account }));
  const form = useForm(async (text) => {
    const billing = {
      name: text('name') === '' ? null : text('name'),
      address: text('address').split('\n'),
      vatNumber: text('vatNumber') === '' ? null : text('vatNumber'),
    };
    await call('credit.update', { account, body: { billing } });
    await queries.invalidateQueries({ queryKey: ['credit.read'] });
    notifications.show({ message: common.saved });
  });
  if (data === undefined) return null;
  const { name, address, vatNumber } = data.billing;
  return (
    <Section title={w.billing}>
      <p className="soft">{w.billingHint}</p>
      <form className="stack" style={{ maxWidth: 420 }} onSubmit={form.onSubmit}>
        <TextInput
          name="name"
          label={w.billingName}
          description={w.billingNameHint}
          defaultValue={name ?? ''}
          disabled={!canChange}
          error={form.fault('billing.name')}
        />
        <Textarea
          name="address"
          label={w.billingAddress}
          description={w.billingAddressHint}
          defaultValue={address.join('\n')}
          rows={3}
          disabled={!canChange}
          error={form.fault('billing.address')}
        />
        <TextInput
          name="vatNumber"
          label={w.vatNumber}
          defaultValue={vatNumber ?? ''}
          disabled={!canChange}
          error={form.fault('billing.vatNumber')}
        />
        {form.error === null ? null : <ErrorBox error={form.error} />}
        {canChange ? (
          <div>
            <Button type="submit" variant="default" loading={form.isBusy}>
              {common.save}
            </Button>
          </div>
        ) : (
          <p className="soft">{common.noRight}</p>
        )}
      </form>
    </Section>
  );
}
