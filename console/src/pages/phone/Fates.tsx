// The table of fates: the last digits of a number decide about a message. Copies a fresh number with a fate.

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api.ts';
import { Section } from '../../parts/Page.tsx';
import { copyText } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './phone.module.css';

/** A French mobile number with these last digits; only the simulated carrier serves this page. */
function numberWith(ending: string): string {
  const middle = String(crypto.getRandomValues(new Uint8Array(1))[0]! % 100).padStart(2, '0');
  return `+3360102${middle}${ending.slice(0, 2)}`;
}

export function Fates() {
  const { phone: w } = useWords();
  const { data } = useQuery({ ...query('phone.fates'), staleTime: Number.POSITIVE_INFINITY });
  if (data === undefined) return null;
  const names: Readonly<Record<string, string>> = w.fateNames;
  const copy = async (ending: string) => {
    const number = numberWith(ending);
    await copyText(number);
    notifications.show({ message: w.numberCopied(format.phone(number)) });
  };
  return (
    <Section title={w.fates}>
      <p className="soft">{w.fatesLead}</p>
      <table className={css['fates']}>
        <thead>
          <tr>
            <th scope="col">{w.ending}</th>
            <th scope="col">{w.fate}</th>
            <th scope="col">
              <span className="hidden">{w.newNumber}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.rows.map(({ ending, fate }) => (
            <tr key={ending}>
              <td>
                <code>{ending}</code>
              </td>
              <td>{names[fate] ?? fate}</td>
              <td>
                <Button
                  variant="subtle"
                  data-size="xs"
                  aria-label={`${w.newNumber}: +33…${ending.slice(0, 2)}`}
                  onClick={() => void copy(ending)}
                >
                  +33…{ending.slice(0, 2)}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
