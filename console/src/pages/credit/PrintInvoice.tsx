// An invoice or a credit note on paper: the document as it was issued. The browser prints it, or saves it as PDF.
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

type Invoice = Answer<'credit.readInvoice'>;

export function PrintInvoice() {
  const { credit: w } = useWords();
  const { number } = useParams({ strict: false }) as { number: string };
  const { account = '' } = useSearch({ strict: false }) as { account?: string };
  const { data, error } = useQuery(query('credit.readInvoice', { account, number }));
  usePaper(number);
  if (error) return <ErrorBox error={error} />;
  if (data === undefined) return <Loading rows={10} />;
  const { issuer, buyer } = data;
  return (
    <main className={css['paper']}>
      <p className={css['actions']}>
        <Button variant="default" onClick={() => window.print()}>
          {w.print}
        </Button>
      </p>
      <header className={css['head']}>
        <div>
          <p className={css['kind']}>{w.documents[data.kind]}</p>
          <h1>{data.number}</h1>
        </div>
        <dl>
          {factsOf(data, w).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </header>
      <section className={css['parties']}>
        <Party
          title={w.invoice.from}
          party={issuer}
          more={issuer.registration === null ? [] : [issuer.registration]}
        />
        <Party title={w.invoice.to} party={buyer} more={[buyer.email]} />
      </section>
      {data.reason === null ? null : (
        <p>
          {w.invoice.reason}: {data.reason}
        </p>
      )}
      <Sums data={data} />
      <footer className={css['foot']}>
        {data.isReverseCharge ? <p>{w.invoice.reverseCharge}</p> : null}
        {issuer.mentions.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </footer>
    </main>
  );
}

type CreditWords = ReturnType<typeof useWords>['credit'];

function factsOf(data: Invoice, w: CreditWords): readonly (readonly [string, string])[] {
  const facts: [string, string][] = [
    [w.issuedOn, format.calendar(data.issuedOn)],
    [w.invoice.order, String(data.order)],
    [w.invoice.account, data.buyer.serviceName],
  ];
  if (data.invoice !== null) facts.push([w.invoice.corrects, data.invoice]);
  else if (data.paidOn !== null) facts.push([w.invoice.paidOn, format.calendar(data.paidOn)]);
  else facts.push([w.status, w.invoice.onAccount]);
  return facts;
}

function Party({
  title,
  party,
  more,
}: {
  readonly title: string;
  readonly party: {
    readonly name: string;
    readonly address: readonly string[];
    readonly vatNumber: string | null;
  };
  readonly more: readonly string[];
}) {
  const { credit: w } = useWords();
  const vat = party.vatNumber === null ? [] : [w.invoice.vatNumber(party.vatNumber)];
  return (
    <div>
      <h2>{title}</h2>
      <p>
        <strong>{party.name}</strong>
      </p>
      {[...party.address, ...more, ...vat].map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function Sums({ data }: { readonly data: Invoice }) {
  const { credit: w } = useWords();
  const { kind } = data;
  const money = (amount: string) => format.money(signed(kind, amount));
  const isNote = kind === 'credit_note';
  return (
    <table className={css['sums']}>
      <thead>
        <tr>
          <th scope="col">{w.invoice.item}</th>
          <th scope="col">{w.invoice.price}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>{isNote ? w.invoice.refund : w.invoice.credits(data.quantity)}</td>
          <td>{money(isNote ? data.withoutTax : data.original)}</td>
        </tr>
        {isNote || data.discountPercent === 0 ? null : (
          <tr>
            <td>{w.invoice.discount(format.percent(data.discountPercent / 100, 2))}</td>
            <td>{format.money(difference(data.withoutTax, data.original))}</td>
          </tr>
        )}
      </tbody>
      <tfoot>
        <tr>
          <td>{w.invoice.withoutTax}</td>
          <td>{money(data.withoutTax)}</td>
        </tr>
        <tr>
          <td>{w.tax(format.percent(data.vatPercent / 100, 2))}</td>
          <td>{money(data.tax)}</td>
        </tr>
        <tr className={css['total']}>
          <td>{w.invoice.total}</td>
          <td>{money(data.withTax)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** Exact, of two decimal strings with six decimals. */
function difference(a: string, b: string): string {
  const micros = BigInt(a.replace('.', '')) - BigInt(b.replace('.', ''));
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
