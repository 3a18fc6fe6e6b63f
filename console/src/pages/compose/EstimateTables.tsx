// The tables of an estimate: sums by country with the instant at which they leave, and the values that moved. Used by
// SendSection.tsx.
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './compose.module.css';
import type { Estimate } from './content.ts';

export function CountryTable({ estimate }: { readonly estimate: Estimate }) {
  const { compose } = useWords();
  const w = compose.send;
  return (
    <div className={css['scroll']}>
      <table className={css['figuresTable']}>
        <thead>
          <tr>
            <th scope="col">{w.country}</th>
            <th scope="col">{w.messages}</th>
            <th scope="col">{w.segments}</th>
            <th scope="col">{w.price}</th>
            <th scope="col">{w.sum}</th>
            <th scope="col" data-text>
              {w.leavesAt}
            </th>
          </tr>
        </thead>
        <tbody>
          {estimate.countries.map(({ country, messages, segments, price, cost, leavesAt, timeZones }) => (
            <tr key={country}>
              <th scope="row">{format.country(country)}</th>
              <td>{format.number(messages)}</td>
              <td>{format.number(segments)}</td>
              <td>{format.money(price)}</td>
              <td>{format.money(cost)}</td>
              <td data-text>
                {leavesAt === null
                  ? compose.when.atOnce
                  : `${format.day(leavesAt)} ${format.hourMinute(leavesAt)}`}
                {leavesAt === null || timeZones.length === 0 ? null : (
                  <span className="faint small"> {zoneTimes(leavesAt, timeZones)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{w.total}</th>
            <td>{format.number(estimate.messages)}</td>
            <td>{format.number(estimate.segments)}</td>
            <td />
            <td>{format.money(estimate.cost)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** The instant in the first zone of the country: 08:00 Europe/Paris. */
function zoneTimes(instant: string, [zone]: readonly string[]): string {
  const time = new Intl.DateTimeFormat(format.currentLanguage() === 'fr' ? 'fr-FR' : 'en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone!,
  }).format(new Date(instant));
  return `(${time} ${zone!.replaceAll('_', ' ')})`;
}

type Difference = Answer<'compose.send'>['differences'][number];

export function DifferenceTable({ differences }: { readonly differences: readonly Difference[] }) {
  const { compose } = useWords();
  const w = compose.send;
  return (
    <div className={css['scroll']}>
      <table className={css['figuresTable']}>
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">{w.country}</span>
            </th>
            <th scope="col">{w.before}</th>
            <th scope="col">{w.after}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((difference) => (
            <tr key={`${difference.kind} ${difference.country ?? ''}`}>
              <th scope="row">
                {w.differences[difference.kind]}
                {difference.country ? `, ${format.country(difference.country)}` : ''}
              </th>
              <td>{shownValue(difference.kind, difference.before, compose.when.atOnce)}</td>
              <td>
                <strong>{shownValue(difference.kind, difference.after, compose.when.atOnce)}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shownValue(kind: Difference['kind'], value: number | string | null, atOnce: string): string {
  if (kind === 'leaves') return value === null ? atOnce : format.dateTime(value);
  if (value === null) return '—';
  if (kind === 'cost' || kind === 'price') return format.money(String(value));
  return typeof value === 'number' ? format.number(value) : value;
}
