// Charts of the console in SVG: stacked columns over time, a spark line, sorted bars, one stacked bar. Used by Home and by
// reports. Each has a sentence for screen readers and its data as a table. Never rings, smoothing or a second axis.
import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import * as format from '../words/format.ts';
import { useWords } from '../words/words.ts';
import css from './chart.module.css';

export interface Series {
  readonly key: string;
  readonly name: string;
  /** A token of tokens.css, such as `--chart-delivered`. */
  readonly color: string;
}

/** From the bottom: near hues do not touch. */
export interface TimePoint {
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
}

const height = 208;
const left = 44;
const bottom = 22;

/** A round number at or above the largest value. */
function niceMaximum(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 4, 5, 8, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

const totalOf = (point: TimePoint, series: readonly Series[]) =>
  series.reduce((sum, { key }) => sum + (point.values[key] ?? 0), 0);

interface StackedColumnsProps {
  readonly title: string;
  readonly points: readonly TimePoint[];
  readonly series: readonly Series[];
  readonly labelOf: (at: string) => string;
  readonly aside?: ReactNode;
  /** Drawn at this width, without buttons: a page that is printed has no measured one. */
  readonly fixedWidth?: number;
}

export function StackedColumns({ title, points, series, labelOf, aside, fixedWidth }: StackedColumnsProps) {
  const { charts: w } = useWords();
  const [active, setActive] = useState<TimePoint | null>(null);
  const [isTable, setTable] = useState(false);
  const maximum = niceMaximum(Math.max(1, ...points.map((point) => totalOf(point, series))));
  const used = series.filter(({ key }) => points.some(({ values }) => (values[key] ?? 0) > 0));
  const highest = points.reduce<TimePoint | null>(
    (best, point) => (best === null || totalOf(point, series) > totalOf(best, series) ? point : best),
    null,
  );
  const summary =
    highest === null || totalOf(highest, series) === 0
      ? w.nothing
      : w.highest(labelOf(highest.at), format.number(totalOf(highest, series)));
  const shown = active ?? null;
  return (
    <div className={css['chart']}>
      <div className="row">
        <h2>{title}</h2>
        <span style={{ flex: 1 }} />
        {aside}
        {fixedWidth === undefined ? (
          <Button variant="subtle" data-size="xs" onClick={() => setTable(!isTable)}>
            {isTable ? w.asChart : w.asTable}
          </Button>
        ) : null}
      </div>
      <div className={css['reading']}>
        {shown ? <strong>{labelOf(shown.at)}</strong> : null}
        {(used.length > 0 ? used : series.slice(0, 1)).map(({ key, name, color }) => (
          <span key={key} className={css['key']}>
            <span className={css['swatch']} style={{ ['--series' as string]: `var(${color})` }} />
            {name}
            {shown ? <strong>{format.number(shown.values[key] ?? 0)}</strong> : null}
          </span>
        ))}
      </div>
      {isTable ? (
        <DataOf
          points={points.filter((point) => totalOf(point, series) > 0)}
          series={used}
          labelOf={labelOf}
          title={title}
        />
      ) : (
        <Columns
          {...{ points, series, labelOf, maximum, summary: `${title}. ${summary}`, onActive: setActive }}
          {...(fixedWidth === undefined ? {} : { fixedWidth })}
        />
      )}
    </div>
  );
}

interface ColumnsProps {
  readonly points: readonly TimePoint[];
  readonly series: readonly Series[];
  readonly labelOf: (at: string) => string;
  readonly maximum: number;
  readonly summary: string;
  readonly onActive: (point: TimePoint | null) => void;
  readonly fixedWidth?: number;
}

function Columns({ points, series, labelOf, maximum, summary, onActive, fixedWidth }: ColumnsProps) {
  // Drawn at its real width, so that labels keep their size on a phone.
  const { ref, width: measured } = useElementSize();
  const width = fixedWidth ?? Math.max(240, measured);
  const step = (width - left) / Math.max(1, points.length);
  const gap = Math.min(4, step * 0.25);
  const y = (value: number) => (height - bottom) * (1 - value / maximum);
  const labelEvery = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(width / 84))));
  return (
    <div ref={ref} style={{ minHeight: height }}>
      {/* Before its width is known, text would be drawn several times too large. */}
      {fixedWidth === undefined && measured === 0 ? null : (
        <svg
          viewBox={`0 -8 ${width} ${height + 8}`}
          role="img"
          aria-label={summary}
          onPointerLeave={() => onActive(null)}
        >
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line
                className={css['grid']}
                x1={left}
                x2={width}
                y1={y(share * maximum)}
                y2={y(share * maximum)}
              />
              <text x={left - 8} y={y(share * maximum) + 4} textAnchor="end">
                {format.number(share * maximum)}
              </text>
            </g>
          ))}
          {points.map((point, index) => {
            let top = 0;
            return (
              <g key={point.at} className={css['column']} onPointerEnter={() => onActive(point)}>
                <rect
                  data-hit
                  x={left + index * step}
                  y={0}
                  width={step}
                  height={height - bottom}
                  fill="transparent"
                />
                {series.map(({ key, color }) => {
                  const value = point.values[key] ?? 0;
                  if (value === 0) return null;
                  const from = top;
                  top += value;
                  return (
                    <rect
                      key={key}
                      x={left + index * step + gap / 2}
                      width={Math.max(1, step - gap)}
                      y={y(top)}
                      height={Math.max(1, y(from) - y(top))}
                      fill={`var(${color})`}
                    />
                  );
                })}
                {index % labelEvery === 0 ? (
                  <text x={left + index * step + step / 2} y={height - 4} textAnchor="middle">
                    {labelOf(point.at)}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function DataOf({
  points,
  series,
  labelOf,
  title,
}: {
  readonly points: readonly TimePoint[];
  readonly series: readonly Series[];
  readonly labelOf: (at: string) => string;
  readonly title: string;
}) {
  const { common } = useWords();
  return (
    <table className={css['table']} aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{common.time}</th>
          {series.map(({ key, name }) => (
            <th key={key} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.at}>
            <th scope="row">{labelOf(point.at)}</th>
            {series.map(({ key }) => (
              <td key={key}>{format.number(point.values[key] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A line without axes: the figure above it has the number. */
export function Spark({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const maximum = Math.max(1, ...values);
  const step = 200 / Math.max(1, values.length - 1);
  const path = values
    .map(
      (value, index) =>
        `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${(30 - (value / maximum) * 28).toFixed(1)}`,
    )
    .join('');
  return (
    <svg
      className={css['spark']}
      viewBox="0 0 200 32"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}

export function SortedBars({
  rows,
  label,
}: {
  readonly rows: readonly { readonly key: string; readonly name: ReactNode; readonly value: number }[];
  readonly label: string;
}) {
  const maximum = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <ul className={css['bars']} aria-label={label}>
      {rows.map(({ key, name, value }) => (
        <li key={key}>
          <div className={css['barName']}>
            <span className={css['barFill']} style={{ width: `${(value / maximum) * 100}%` }} />
            <span>{name}</span>
          </div>
          <span className="number">{format.number(value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Shares of a whole as one bar. */
export function StackedBar({
  parts,
  label,
}: {
  readonly parts: readonly { readonly key: string; readonly value: number; readonly color: string }[];
  readonly label: string;
}) {
  return (
    <div className={css['stacked']} role="img" aria-label={label}>
      {parts
        .filter(({ value }) => value > 0)
        .map(({ key, value, color }) => (
          <span key={key} style={{ flexGrow: value, ['--series' as string]: `var(${color})` }} />
        ))}
    </div>
  );
}
