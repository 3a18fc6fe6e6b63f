// Sending hours of marketing by country: the week as strips, the zones, and the holidays of the year.
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';
import { PriceTabs } from './tabs.tsx';

type Row = Answer<'operator.hours.list'>['rows'][number];
type Day = Row['week'][number];

const mondayFirst = [1, 2, 3, 4, 5, 6, 0] as const;
const dayMinutes = 1_440;
/** A Sunday, in any year. */
const aSundayMs = Date.UTC(2026, 10, 1, 12);

export function Hours() {
  const { operator, common } = useWords();
  const { hours: w } = operator;
  const { data, error, refetch } = useQuery({ ...query('operator.hours.list'), staleTime: Infinity });
  const [values, change] = useFilters();
  const wanted = values['q']?.toLowerCase();
  const rows = (data?.rows ?? [])
    .filter(
      ({ country }) =>
        !wanted || country.toLowerCase() === wanted || format.country(country).toLowerCase().includes(wanted),
    )
    .sort((a, b) => format.country(a.country).localeCompare(format.country(b.country)));
  return (
    <Page title={w.title} state={w.lead}>
      <PriceTabs />
      <p className="soft small">{w.source}</p>
      <FilterBar
        filters={[]}
        values={values}
        onChange={change}
        search={{ key: 'q', placeholder: w.search }}
      />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.title}
        rows={rows}
        isLoading={data === undefined && !error}
        rowKey={({ country }) => country}
        empty={<Empty title={common.empty.filtered} />}
        columns={[
          {
            key: 'country',
            name: w.country,
            cell: ({ country }) => (
              <>
                {format.country(country)} <span className="faint">{country}</span>
              </>
            ),
            phone: 'first',
          },
          { key: 'week', name: w.week, cell: ({ week }) => <Week week={week} />, phone: 'aside' },
          {
            key: 'zones',
            name: w.zones,
            clips: true,
            cell: ({ timeZones }) => (
              <span className="soft" title={timeZones.join(', ')}>
                {timeZones.map((zone) => zone.replaceAll('_', ' ')).join(', ')}
              </span>
            ),
            phone: 'hide',
          },
          {
            key: 'holidays',
            name: w.holidays(data?.year ?? new Date(format.nowMs()).getUTCFullYear()),
            align: 'right',
            cell: ({ holidays }) => (
              <span
                className={holidays.length === 0 ? 'faint' : undefined}
                title={holidays.map(dayOf).join(', ')}
              >
                {holidays.length === 0 ? w.noHolidays : w.daysCount(holidays.length)}
              </span>
            ),
            phone: 'hide',
          },
        ]}
      />
    </Page>
  );
}

const dayOf = (day: string) => format.day(`${day}T12:00:00Z`);
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Seven bars from midnight to midnight, with the usual hours beside them. */
function Week({ week }: { readonly week: readonly Day[] }) {
  const { operator } = useWords();
  const { hours: w } = operator;
  const open = week.find((day) => day !== null) ?? null;
  const nameOf = (day: number) => format.weekday(aSundayMs + day * 86_400_000);
  const sentence = mondayFirst
    .map((day) => {
      const hours = week[day] ?? null;
      return `${nameOf(day)} ${hours === null ? w.closed : `${clock(hours.open)}–${clock(hours.close)}`}`;
    })
    .join(', ');
  return (
    <span className={css['weekStrip']} role="img" aria-label={sentence} title={sentence}>
      <span className={css['weekBars']}>
        {mondayFirst.map((day) => (
          <span key={day} data-closed={week[day] === null || undefined}>
            {week[day] ? (
              <span
                style={{
                  left: `${(week[day].open / dayMinutes) * 100}%`,
                  right: `${100 - (week[day].close / dayMinutes) * 100}%`,
                }}
              />
            ) : null}
          </span>
        ))}
      </span>
      {open === null ? null : (
        <span className="soft small">
          {clock(open.open)}–{clock(open.close)}
        </span>
      )}
    </span>
  );
}
