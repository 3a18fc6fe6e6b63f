// A stepped area over time of figures that only grow: shows progress and stalls. Used by the report of a campaign, also printed.
// Has its sentence for screen readers and its data as a table.
import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import * as format from '../words/format.ts';
import { useWords } from '../words/words.ts';
import css from './chart.module.css';
import type { Series, TimePoint } from './charts.tsx';

const height = 208;
const left = 52;
const bottom = 22;
const labelWidth = 84;

interface StepAreaProps {
  readonly title: string;
  /** In the order of time; values of a series never fall. */
  readonly points: readonly TimePoint[];
  /** The highest first, so that the others are drawn before it. */
  readonly series: readonly Series[];
  readonly maximum: number;
  readonly summary: string;
  readonly labelOf: (at: string) => string;
  /** Drawn at this width: a page that is printed has no measured one. */
  readonly fixedWidth?: number;
}

export function StepArea(props: StepAreaProps) {
  const { title, points, series, labelOf, fixedWidth } = props;
  const { charts: w, common } = useWords();
  const [isTable, setTable] = useState(false);
  const [active, setActive] = useState<TimePoint | null>(null);
  const shown = active ?? points.at(-1);
  return (
    <div className={css['chart']}>
      <div className="row">
        <h2>{title}</h2>
        <span style={{ flex: 1 }} />
        {fixedWidth === undefined ? (
          <Button variant="subtle" data-size="xs" onClick={() => setTable(!isTable)}>
            {isTable ? w.asChart : w.asTable}
          </Button>
        ) : null}
      </div>
      <div className={css['reading']}>
        {shown ? <strong>{labelOf(shown.at)}</strong> : null}
        {series.map(({ key, name, color }) => (
          <span key={key} className={css['key']}>
            <span className={css['swatch']} style={{ ['--series' as string]: `var(${color})` }} />
            {name}
            <strong>{format.number(shown?.values[key] ?? 0)}</strong>
          </span>
        ))}
      </div>
      {isTable ? (
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
      ) : (
        <Area {...props} onActive={setActive} />
      )}
    </div>
  );
}

function Area({
  points,
  series,
  maximum,
  summary,
  title,
  labelOf,
  fixedWidth,
  onActive,
}: StepAreaProps & { readonly onActive: (point: TimePoint | null) => void }) {
  const { ref, width: measured } = useElementSize();
  const width = fixedWidth ?? Math.max(240, measured);
  // Before its width is known, text would be drawn several times too large.
  const isMeasured = fixedWidth !== undefined || measured > 0;
  const top = Math.max(1, maximum);
  const step = (width - left) / Math.max(1, points.length);
  const x = (index: number) => left + index * step;
  const y = (value: number) => (height - bottom) * (1 - value / top);
  const labelEvery = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(width / labelWidth))));
  const pathOf = (key: string) =>
    `M${left} ${y(0)}${points
      .map((point, index) => {
        const at = y(point.values[key] ?? 0).toFixed(1);
        return `L${x(index).toFixed(1)} ${at}L${x(index + 1).toFixed(1)} ${at}`;
      })
      .join('')}L${x(points.length).toFixed(1)} ${y(0)}Z`;
  return (
    <div ref={ref} style={{ minHeight: height }}>
      {isMeasured ? (
        <svg
          viewBox={`0 -8 ${width} ${height + 8}`}
          role="img"
          aria-label={`${title}. ${summary}`}
          onPointerLeave={() => onActive(null)}
        >
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line className={css['grid']} x1={left} x2={width} y1={y(share * top)} y2={y(share * top)} />
              <text x={left - 8} y={y(share * top) + 4} textAnchor="end">
                {format.number(share * top)}
              </text>
            </g>
          ))}
          {series.map(({ key, color }) => (
            <path key={key} d={pathOf(key)} fill={`var(${color})`} />
          ))}
          {points.map((point, index) => (
            <g key={point.at} className={css['column']} onPointerEnter={() => onActive(point)}>
              <rect x={x(index)} y={0} width={step} height={height - bottom} fill="transparent" />
              {index % labelEvery === 0 && x(index) + labelWidth / 2 < width ? (
                <text x={x(index)} y={height - 4} textAnchor={index === 0 ? 'start' : 'middle'}>
                  {labelOf(point.at)}
                </text>
              ) : null}
            </g>
          ))}
        </svg>
      ) : null}
    </div>
  );
}
