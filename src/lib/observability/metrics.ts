// Counters, gauges and durations in the text form of Prometheus. A file declares its metrics next to its constants; the
// operations listener answers with all of them. The only file that imports prom-client. Labels have few possible values: a
// dialect, a connector, an outcome. Never an account, a number or a path with an id.
//
// The metrics belong to the operating system's process, as its memory does: an argument in every function would carry the
// same object everywhere. A count costs 0.2 to 0.5 µs, so stages count batches, not messages.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();

export interface MetricDeclaration<Label extends string> {
  /** `chappe_<noun>_<unit>`; a counter ends with `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

type Labels<Label extends string> = Readonly<Record<Label, string>>;

export interface CounterMetric<Label extends string> {
  add(labels: Labels<Label>, count?: number): void;
}

export interface GaugeMetric<Label extends string> {
  set(labels: Labels<Label>, value: number): void;
  /** Forgets all values: those that no collector sets again are gone. */
  clear(): void;
}

export interface DurationMetric<Label extends string> {
  /** Negative durations, from clocks of two machines, count as 0. */
  observe(labels: Labels<Label>, ms: number): void;
}

export function counter<Label extends string = never>(
  declaration: MetricDeclaration<Label>,
): CounterMetric<Label> {
  const metric = new Counter(optionsOf(declaration));
  return { add: (labels, count = 1) => metric.inc(labels, count) };
}

export function gauge<Label extends string = never>(
  declaration: MetricDeclaration<Label>,
): GaugeMetric<Label> {
  const metric = new Gauge(optionsOf(declaration));
  // `reset` sets a gauge without labels to 0, which would be a value.
  const clear = () => (declaration.labels === undefined ? metric.remove() : metric.reset());
  return { set: (labels, value) => metric.set(labels, value), clear };
}

/** Seconds. From 1 ms for an answer to 100 s for a receipt or a retried callback, and beyond. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100, 600, 3_600];

export function duration<Label extends string = never>(
  declaration: MetricDeclaration<Label>,
): DurationMetric<Label> {
  const metric = new Histogram({ ...optionsOf(declaration), buckets });
  return { observe: (labels, ms) => metric.observe(labels, Math.max(0, ms) / 1000) };
}

function optionsOf<Label extends string>({ name, help, labels = [] }: MetricDeclaration<Label>) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

const collectors = new Set<() => Promise<void>>();

/** Calls `collect` before each scrape, to set gauges. Returns the function that ends it. */
export function collectBeforeScrape(collect: () => Promise<void>): () => void {
  collectors.add(collect);
  return () => collectors.delete(collect);
}

/** All metrics, with the values of this moment. Throws the error of a collector. */
export async function readMetrics(): Promise<string> {
  for (const collect of collectors) await collect();
  return registry.metrics();
}

export const metricsContentType = registry.contentType;

let hasProcessMetrics = false;

/** Memory, garbage collection and delay of the event loop, once for the process. */
export function startProcessMetrics(): void {
  if (hasProcessMetrics) return;
  hasProcessMetrics = true;
  // The default of 10 ms wakes an idle process 100 times a second. A delay of the event loop is found by every interval that
  // it hits, so that stalls of half a second and more are all seen, and shorter ones in proportion to their time.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 500 });
  // Gauges whose names end like those of counters: promtool refuses them. The same numbers by type stay.
  for (const kind of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
}

export interface DeclaredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** For the reference page. */
export function listDeclaredMetrics(): DeclaredMetric[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, type, labelNames } = metric as unknown as {
      name: string;
      help: string;
      type: string;
      labelNames: string[];
    };
    return { name, help, type, labels: labelNames };
  });
}
