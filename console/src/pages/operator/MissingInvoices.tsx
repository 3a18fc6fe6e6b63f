// Paid orders without an invoice: the obstacle with its remedy, or the button that issues it. Used by Todo.tsx.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries } from '../../api.ts';
import { ErrorBox, Section } from '../../parts/Page.tsx';
import { Copy, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';

type Row = Answer<'operator.todo.read'>['invoices'][number];

/** Commands are the same in every language. */
const commands: Readonly<Record<Row['obstacles'][number], (account: string) => string>> = {
  'issuer-missing': () => `npx chappe invoice issuer --name NAME --address 'LINE 1|LINE 2'`,
  'vat-number-missing': () => 'npx chappe invoice issuer --vat-number NUMBER',
  'buyer-address-missing': (account) => `npx chappe account set ${account} --billing-address 'LINE 1|LINE 2'`,
};

export function MissingInvoices({ rows }: { readonly rows: readonly Row[] }) {
  const { operatorDecisions: w } = useWords();
  const [issuing, setIssuing] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const issue = async (order: number) => {
    setIssuing(order);
    setError(null);
    try {
      const { invoice } = await call('operator.todo.issueInvoice', { order });
      notifications.show({ message: w.invoiceIssued(invoice) });
    } catch (failure) {
      setError(failure);
    } finally {
      setIssuing(null);
      await queries.invalidateQueries({ queryKey: ['operator.todo.read'] });
    }
  };
  return (
    <Section title={w.invoices}>
      {error === null ? null : <ErrorBox error={error} />}
      <ul className={css['list']}>
        {rows.map(({ order, account, total, paidAt, obstacles }) => (
          <li key={order}>
            <span className={css['grow']}>
              <strong>{w.invoiceMissing(order)}</strong>
              <span>{w.total(format.money(total))}</span>
              {obstacles.map((obstacle) => (
                <span key={obstacle} className="small">
                  {w.obstacles[obstacle]} <code>{commands[obstacle](account)}</code>
                  <Copy text={commands[obstacle](account)} name={w.command} />
                </span>
              ))}
              <span className="faint small">
                <Link to={`/operator/accounts/${account}`}>{account}</Link> · <Time at={paidAt} />
              </span>
            </span>
            {obstacles.length === 0 ? (
              <Button
                variant="default"
                data-size="xs"
                loading={issuing === order}
                onClick={() => void issue(order)}
              >
                {w.issueInvoice}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
