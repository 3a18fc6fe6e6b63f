// The blocks of the report of a campaign: outcome, progress, time to deliver, causes, countries and carriers, segments, replies
// and money. Used by the tab and by the printed report, so that both have the same figures.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { useCauses } from '../../parts/causes.ts';
import { StackedBar, StackedColumns, type TimePoint } from '../../parts/charts.tsx';
import { StepArea } from '../../parts/StepArea.tsx';
import { Money } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import type { CampaignData } from './CampaignLine.tsx';
import css from './campaigns.module.css';
import { outcomesOf } from './shares.ts';

type ReportData = Answer<'campaigns.report'>;

export interface BlockProps {
  readonly report: ReportData;
  readonly campaign: CampaignData;
  /** Path of the campaign; null: printed, without links and buttons. */
  readonly base: string | null;
}

/** Width of a chart on A4 at 96 dpi, within the margins. */
const printWidth = 640;
const widthOf = (base: string | null) => (base === null ? { fixedWidth: printWidth } : {});

/** A number that opens the messages that it counts. */
function Count({
  value,
  base,
  search,
}: {
  readonly value: number;
  readonly base: string | null;
  readonly search: Readonly<Record<string, string>>;
}) {
  if (base === null || value === 0) return <>{format.number(value)}</>;
  return (
    <Link to={`${base}/messages`} search={search as never}>
      {format.number(value)}
    </Link>
  );
}

function Block({
  title,
  hint,
  wide,
  children,
}: {
  readonly title?: string;
  readonly hint?: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className={css['block']} data-wide={wide || undefined} aria-label={title}>
      {title ? <h2>{title}</h2> : null}
      {hint ? <p className="soft small">{hint}</p> : null}
      {children}
    </section>
  );
}

export function OutcomeBlock({ report, campaign, base }: BlockProps) {
  const { campaigns } = useWords();
  const w = campaigns.report;
  const outcomes = outcomesOf(report.counts, campaign.state);
  const total = Math.max(1, campaign.messages);
  const share = format.percent(report.counts.delivered / total);
  return (
    <Block title={w.outcome} wide>
      <div className={css['outcomeBar']}>
        <StackedBar
          parts={outcomes}
          label={w.outcomeSummary(share, format.counted(campaign.messages, 'message', 'messages'))}
        />
      </div>
      <table className={css['figures']}>
        <thead>
          <tr>
            <th scope="col">{w.outcome}</th>
            <th scope="col">{w.messages}</th>
            <th scope="col">{w.share}</th>
          </tr>
        </thead>
        <tbody>
          {outcomes
            .filter(({ key, value }) => value > 0 || key === 'delivered' || key === 'failed')
            .map(({ key, value, color, status }) => (
              <tr key={key}>
                <th scope="row">
                  <span className={css['swatch']} style={{ ['--series' as string]: `var(${color})` }} />
                  {w.outcomes[key]}
                </th>
                <td>
                  <Count value={value} base={base} search={{ status }} />
                </td>
                <td>{format.percent(value / total)}</td>
              </tr>
            ))}
          <tr data-total>
            <th scope="row">{w.total}</th>
            <td>{format.number(campaign.messages)}</td>
            <td />
          </tr>
        </tbody>
      </table>
      {report.counts.submitted > 0 ? <p className="soft small">{w.closes}</p> : null}
    </Block>
  );
}

/** Sums since the begin, one point for each step, without gaps. */
function sumsOf({ progress }: ReportData): readonly TimePoint[] {
  const { from, stepMs, steps } = progress;
  const last = Math.max(0, ...steps.map(({ step }) => step));
  const bySteps = new Map(steps.map((step) => [step.step, step]));
  let [left, finished] = [0, 0];
  for (const row of steps)
    if (row.step < 0) {
      left += row.left;
      finished += row.finished;
    }
  return Array.from({ length: last + 1 }, (_, step) => {
    const row = bySteps.get(step);
    left += row?.left ?? 0;
    finished += row?.finished ?? 0;
    return {
      at: new Date(Date.parse(from) + step * stepMs).toISOString(),
      values: { left, finished },
    };
  });
}

export function ProgressBlock({ report, campaign, base }: BlockProps) {
  const { campaigns } = useWords();
  const w = campaigns.report;
  const points = sumsOf(report);
  const isOneDay = points.length < 2 || format.isSameDay(points[0]!.at, points.at(-1)!.at);
  const labelOf = (at: string) =>
    isOneDay
      ? report.progress.stepMs < 60_000
        ? format.clockTime(at)
        : format.hourMinute(at)
      : format.dateTime(at);
  const last = points.at(-1)?.values;
  return (
    <Block wide>
      <StepArea
        title={w.progress}
        points={points}
        series={[
          { key: 'left', name: w.handedOver, color: '--chart-submitted' },
          { key: 'finished', name: w.withEnd, color: '--chart-delivered' },
        ]}
        maximum={campaign.messages}
        summary={w.progressSummary(
          format.number(last?.['left'] ?? 0),
          format.number(last?.['finished'] ?? 0),
          format.number(campaign.messages),
        )}
        labelOf={labelOf}
        {...widthOf(base)}
      />
    </Block>
  );
}

export function DelayBlock({ report, base }: BlockProps) {
  const { campaigns } = useWords();
  const w = campaigns.report;
  const { p50Ms, p90Ms, p99Ms } = report.percentiles;
  if (p50Ms === null)
    return (
      <Block title={w.delay} hint={w.delayHint}>
        <p className="soft">{w.noneDelivered}</p>
      </Block>
    );
  const nameOf = (upToMs: number | null) =>
    upToMs === null ? w.longer : format.duration(upToMs).replace(/\u00a0/g, '\u202f');
  const names = new Map(report.delays.map(({ upToMs }) => [String(upToMs), nameOf(upToMs)]));
  const percentiles = [
    ['50', p50Ms],
    ['90', p90Ms],
    ['99', p99Ms],
  ] as const;
  return (
    <Block>
      <StackedColumns
        title={w.delay}
        points={report.delays.map(({ upToMs, messages }) => ({ at: String(upToMs), values: { messages } }))}
        series={[{ key: 'messages', name: w.messages, color: '--chart-delivered' }]}
        labelOf={(at) => names.get(at) ?? at}
        {...widthOf(base)}
      />
      <ul className={css['percentiles']}>
        {percentiles.map(([share, ms]) => (
          <li key={share}>
            {w.percentile(format.percent(Number(share) / 100, 0), format.duration(ms ?? 0))}
          </li>
        ))}
      </ul>
    </Block>
  );
}

const maxCauses = 8;

export function CausesBlock({ report, base }: BlockProps) {
  const { campaigns } = useWords();
  const w = campaigns.report;
  const wordsOf = useCauses();
  const shown = report.causes.slice(0, maxCauses);
  const rest = report.causes.slice(maxCauses);
  const maximum = Math.max(1, ...report.causes.map(({ messages }) => messages));
  const restMessages = rest.reduce((sum, { messages }) => sum + messages, 0);
  if (report.causes.length === 0)
    return (
      <Block title={w.causes}>
        <p className="soft">{w.noCauses}</p>
      </Block>
    );
  const rows = [
    ...shown.map(({ cause, messages }) => ({
      key: `${cause.code} ${cause.text ?? ''}`,
      name: wordsOf(cause).says,
      code: cause.text ?? cause.code,
      messages,
      search: { cause: cause.code },
    })),
    ...(rest.length === 0
      ? []
      : [
          {
            key: 'other',
            name: w.otherCauses(rest.length),
            code: '',
            messages: restMessages,
            search: { status: 'undelivered,rejected,expired,unknown' },
          },
        ]),
  ];
  return (
    <Block title={w.causes}>
      <table className={css['figures']}>
        <tbody>
          {rows.map(({ key, name, code, messages, search }) => (
            <tr key={key} title={code}>
              <th scope="row">
                <span className={css['cause']}>{name}</span>
                <span className={css['cellBar']}>
                  <span style={{ width: `${(messages / maximum) * 100}%` }} data-bad />
                </span>
                {code ? <code className="faint">{code}</code> : null}
              </th>
              <td>
                <Count value={messages} base={base} search={search as never} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

type Share = ReportData['countries'][number] | ReportData['carriers'][number];

function ShareTable({
  title,
  head,
  rows,
  base,
}: {
  readonly title: string;
  readonly head: string;
  readonly rows: readonly {
    readonly key: string;
    readonly name: ReactNode;
    readonly share: Share;
    readonly search: Readonly<Record<string, string>>;
  }[];
  readonly base: string | null;
}) {
  const w = useWords().campaigns.report;
  const maximum = Math.max(1, ...rows.map(({ share }) => share.messages));
  return (
    <Block title={title}>
      <table className={css['figures']}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{w.sent}</th>
            <th scope="col">{w.deliveredShare}</th>
            <th scope="col">{w.cost}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, share, search }) => (
            <tr key={key}>
              <th scope="row">
                {name}
                <span className={css['cellBar']}>
                  <span style={{ width: `${(share.messages / maximum) * 100}%` }} />
                </span>
              </th>
              <td>
                <Count value={share.messages} base={base} search={search} />
              </td>
              <td>{share.finished === 0 ? '–' : format.percent(share.delivered / share.finished)}</td>
              <td>
                <Money value={share.cost} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

export function CountriesBlock({ report, base }: BlockProps) {
  const w = useWords().campaigns.report;
  return (
    <ShareTable
      title={w.countries}
      head={w.country}
      base={base}
      rows={report.countries.map((share) => ({
        key: share.country,
        name: format.country(share.country),
        share,
        search: { country: share.country },
      }))}
    />
  );
}

export function CarriersBlock({ report, base }: BlockProps) {
  const w = useWords().campaigns.report;
  if (report.carriers.length === 0) return null;
  return (
    <ShareTable
      title={w.carriers}
      head={w.carrier}
      base={base}
      rows={report.carriers.map((share) => ({
        key: share.carrier ?? '?',
        name: share.carrier === 'simulator' ? w.simulator : (share.carrier ?? w.noCarrier),
        share,
        search: { carrier: share.carrier ?? '' },
      }))}
    />
  );
}

export function SegmentsBlock({ report }: BlockProps) {
  const w = useWords().campaigns.report;
  return (
    <Block title={w.segments}>
      <table className={css['figures']}>
        <thead>
          <tr>
            <th scope="col">{w.encoding}</th>
            <th scope="col">{w.segmentsEach}</th>
            <th scope="col">{w.messages}</th>
            <th scope="col">{w.cost}</th>
          </tr>
        </thead>
        <tbody>
          {report.encodings.map((row) => (
            <tr key={`${row.encoding} ${row.segments}`}>
              <th scope="row">{w.encodings[row.encoding]}</th>
              <td>{format.number(row.segments)}</td>
              <td>{format.number(row.messages)}</td>
              <td>
                <Money value={row.cost} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

const stopMark = 0.02;

export function RepliesBlock({ report, base }: BlockProps) {
  const w = useWords().campaigns.report;
  const replies = report.replies.reduce((sum, row) => sum + row.replies, 0);
  const stops = report.replies.reduce((sum, row) => sum + row.optOuts, 0);
  if (replies === 0)
    return (
      <Block title={w.replies} hint={w.repliesHint}>
        <p className="soft">{w.noReplies}</p>
      </Block>
    );
  const delivered = Math.max(1, report.counts.delivered);
  const last = Math.max(...report.replies.map(({ hour }) => hour));
  const byHour = new Map(report.replies.map((row) => [row.hour, row]));
  const points = Array.from({ length: Math.min(73, last + 1) }, (_, hour) => {
    const row = byHour.get(hour);
    return {
      at: String(hour),
      values: { reply: (row?.replies ?? 0) - (row?.optOuts ?? 0), stop: row?.optOuts ?? 0 },
    };
  });
  const stopShare = stops / delivered;
  return (
    <Block>
      <StackedColumns
        title={w.replies}
        points={points}
        series={[
          { key: 'reply', name: w.reply, color: '--chart-delivered' },
          { key: 'stop', name: w.stop, color: '--chart-failed' },
        ]}
        labelOf={(at) => w.hour(Number(at))}
        {...widthOf(base)}
      />
      <ul className={css['percentiles']}>
        <li>{w.replyRate(format.number(replies), format.percent(replies / delivered))}</li>
        <li>{w.stopRate(format.number(stops), format.percent(stopShare))}</li>
      </ul>
      {stopShare > stopMark ? <p className={css['warn']}>{w.stopHigh}</p> : null}
    </Block>
  );
}

export function MoneyBlock({ report }: BlockProps) {
  const w = useWords().campaigns.report;
  const { money } = report;
  return (
    <Block title={w.money} hint={w.moneyHint}>
      <table className={css['figures']}>
        <thead>
          <tr>
            <th scope="col">{w.country}</th>
            <th scope="col">{w.charged}</th>
            <th scope="col">{w.released}</th>
            <th scope="col">{w.stillHeld}</th>
          </tr>
        </thead>
        <tbody>
          {money.countries.map((row) => (
            <tr key={row.country}>
              <th scope="row">{format.country(row.country)}</th>
              <td>
                <Money value={row.charged} />
              </td>
              <td>
                <Money value={row.released} />
              </td>
              <td>
                <Money value={row.held} />
              </td>
            </tr>
          ))}
          <tr data-total>
            <th scope="row">
              {w.total} <Money value={money.total} />
            </th>
            <td>
              <Money value={money.charged} />
            </td>
            <td>
              <Money value={money.released} />
            </td>
            <td>
              <Money value={money.held} />
            </td>
          </tr>
        </tbody>
      </table>
    </Block>
  );
}
