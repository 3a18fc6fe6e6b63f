// The statement of a month on paper. The browser prints it, or saves it as PDF.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { ErrorBox, Loading } from '../../parts/Page.tsx';
import css from '../../parts/paper.module.css';
import { usePaper } from '../../parts/paper.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { signed } from './signed.ts';

const minus = (amount: string) => signed('credit_note', amount);

export function PrintStatement() {
  const { credit: w } = useWords();
  const { month } = useParams({ strict: false }) as { month: string };
  const { account = '' } = useSearch({ strict: false }) as { account?: string };
  const { data, error } = useQuery(query('credit.readStatement', { account, month }));
  usePaper(`${account} ${month}`);
  if (error) return <ErrorBox error={error} />;
  if (data === undefined) return <Loading rows={10} />;
  return (
    <main className={css['paper']}>
      <p className={css['actions']}>
        <Button variant="default" onClick={() => window.print()}>
          {w.print}
        </Button>
      </p>
      <header className={css['head']}>
        <div>
          <p className={css['kind']}>{data.name}</p>
          <h1>{w.statement.title(format.calendar(month))}</h1>
          {data.isComplete ? null : <p>{w.statement.notComplete}</p>}
        </div>
        <dl>
          <div>
            <dt>{w.invoice.account}</dt>
            <dd>{account}</dd>
          </div>
        </dl>
      </header>
      <Sums data={data} />
      <ByCountry data={data} />
      <Movements data={data} />
      <footer className={css['foot']}>{w.statement.lead}</footer>
    </main>
  );
}

type Statement = Answer<'credit.readStatement'>;

function Sums({ data }: { readonly data: Statement }) {
  const { credit: w } = useWords();
  const rows = [
    [w.statement.purchases, data.purchases],
    [w.statement.consumption, minus(data.consumption)],
    [w.statement.lookups, minus(data.lookups)],
    [w.statement.corrections, data.corrections],
  ] as const;
  return (
    <table className={css['sums']}>
      <thead>
        <tr>
          <th scope="col">{w.statement.opening}</th>
          <th scope="col">{format.money(data.opening)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, amount]) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{format.money(amount, { sign: true })}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className={css['total']}>
          <td>{w.statement.closing}</td>
          <td>{format.money(data.closing)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function ByCountry({ data }: { readonly data: Statement }) {
  const { credit: w, states } = useWords();
  if (data.byCountry.length === 0) return null;
  return (
    <table className={css['sums']}>
      <thead>
        <tr>
          <th scope="col" colSpan={2}>
            {w.statement.byCountry}
          </th>
          <th scope="col">{w.amount}</th>
        </tr>
      </thead>
      <tbody>
        {data.byCountry.map(({ country, tier, messages, segments, price }) => (
          <tr key={`${country} ${tier}`}>
            <td>
              {country === null ? '–' : format.country(country)}
              {tier === null ? '' : `, ${states.tier[tier]}`}
            </td>
            <td>{w.statement.counts(messages, segments)}</td>
            <td>{format.money(price)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Movements({ data }: { readonly data: Statement }) {
  const { credit: w } = useWords();
  if (data.movements.length === 0) return null;
  return (
    <table className={css['sums']}>
      <thead>
        <tr>
          <th scope="col" colSpan={2}>
            {w.statement.movements}
          </th>
          <th scope="col">{w.amount}</th>
        </tr>
      </thead>
      <tbody>
        {data.movements.map(({ entry, at, kind, amount, order, note }) => (
          <tr key={entry}>
            <td>{format.calendar(at.slice(0, 10))}</td>
            <td>{order === null ? (note ?? w.kinds[kind]) : w.statement.order(order)}</td>
            <td>{format.money(amount, { sign: true })}</td>
          </tr>
        ))}
      </tbody>
      {data.hasMoreMovements ? (
        <tfoot>
          <tr>
            <td colSpan={3}>{w.statement.more}</td>
          </tr>
        </tfoot>
      ) : null}
    </table>
  );
}
