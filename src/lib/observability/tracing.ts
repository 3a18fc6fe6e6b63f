// One trace for each sampled message, from its request to its last callback, through the API and the exporter of OpenTelemetry.
// Used by pipeline/stage-traces.ts and main/tracing.ts. The only file that imports @opentelemetry/*, and only when tracing starts:
// without it a step costs one comparison.
//
// The ids of a trace are computed from the id of its message, and so is the decision to sample it: every process of an
// installation adds its steps to the same trace without a stored context. Steps are recorded after their end.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Attributes, Context, Link } from '@opentelemetry/api';

export interface TracedStep {
  /** `accept` is the root of a trace. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Ids, codes and words; never a text, a number or a key. */
  readonly attributes: Readonly<Record<string, string | number | null>>;
  /** The reason of a failed step. */
  readonly error?: string | null;
}

/** The HTTP request that is being answered. */
export interface TracedRequest {
  readonly startMs: number;
  readonly route: string;
  /** The W3C header: a trace of the customer, to which the traces of the messages are linked. */
  readonly traceparent: string | null;
}

export interface TracingOptions {
  /** Address of an OTLP receiver for traces, such as http://127.0.0.1:4318/v1/traces. */
  readonly url: string;
  /** Part of the messages, 0 to 1. Equal in every process. */
  readonly ratio: number;
  /** Different for each installation, so that their traces differ. */
  readonly installationId: string;
  readonly resource: Readonly<Record<string, string>>;
  /** Called after each export: the error, or null. */
  readonly onExport: (error: string | null) => void;
}

export interface Tracing {
  /** Exports the rest, for `withinMs` at most. */
  stop(withinMs: number): Promise<void>;
}

interface Active {
  /** Messages whose mixed id is below it are sampled. */
  readonly threshold: number;
  record(messageId: number, step: TracedStep, request: TracedRequest | null): void;
}

let active: Active | null = null;
const requests = new AsyncLocalStorage<TracedRequest>();

/** Spans that wait for an export: those of a burst of a large campaign. More are dropped. */
const maxQueued = 20_000;
const exportEveryMs = 2_000;

export function isTracing(): boolean {
  return active !== null;
}

export function isTraced(messageId: number): boolean {
  return active !== null && mixed(messageId) < active.threshold;
}

/** Of a message for which `isTraced` is true. */
export function recordStep(messageId: number, step: TracedStep, request: TracedRequest | null = null): void {
  active?.record(messageId, step, request);
}

/** Runs the handler of a request so that `currentRequest` returns it. */
export function runInRequest(request: TracedRequest, handler: () => void): void {
  requests.run(request, handler);
}

export function currentRequest(): TracedRequest | null {
  return active === null ? null : (requests.getStore() ?? null);
}

/** Loads the SDK and traces messages of this process from now on. Throws if the packages are not installed. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  /** The ids of the next root span; otherwise ids are random. */
  let next: { readonly traceId: string; readonly spanId: string } | null = null;
  const random = new sdk.RandomIdGenerator();
  const exporter = new OTLPTraceExporter({ url: options.url });
  const tracers = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'chappe', ...options.resource }),
    sampler: new sdk.AlwaysOnSampler(),
    idGenerator: {
      generateTraceId: () => next?.traceId ?? random.generateTraceId(),
      generateSpanId: () => next?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: {
          export: (spans, done) =>
            exporter.export(spans, (result) => {
              options.onExport(result.code === 0 ? null : (result.error?.message ?? 'unknown'));
              done(result);
            }),
          shutdown: () => exporter.shutdown(),
          forceFlush: () => exporter.forceFlush(),
        },
        maxQueueSize: maxQueued,
        scheduledDelayMillis: exportEveryMs,
      }),
    ],
  });
  const tracer = tracers.getTracer('chappe');
  const parentOf = ({ traceId, spanId }: SpanIds): Context =>
    api.trace.setSpanContext(api.ROOT_CONTEXT, {
      traceId,
      spanId,
      traceFlags: api.TraceFlags.SAMPLED,
      isRemote: true,
    });
  const mine: Active = {
    threshold: Math.ceil(options.ratio * 2 ** 32),
    record(messageId, { name, startMs, endMs, attributes, error }, request) {
      const ids = idsOf(options.installationId, messageId);
      const isRoot = name === 'accept';
      const link = request?.traceparent == null ? null : linkOf(request.traceparent);
      if (isRoot) next = ids;
      const span = tracer.startSpan(
        name,
        {
          startTime: startMs,
          kind: isRoot ? api.SpanKind.SERVER : api.SpanKind.INTERNAL,
          attributes: { 'chappe.message': messageId, ...known(attributes) },
          ...(link !== null && { links: [link] }),
        },
        isRoot ? api.ROOT_CONTEXT : parentOf(ids),
      );
      next = null;
      if (error != null) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
      span.end(Math.max(startMs, endMs));
    },
  };
  active = mine;
  return {
    async stop(withinMs) {
      if (active === mine) active = null;
      const patience = new Promise((resolve) => setTimeout(resolve, withinMs).unref());
      await Promise.race([tracers.shutdown().catch(() => {}), patience]);
    },
  };
}

interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Equal in every process. */
function idsOf(installationId: string, messageId: number): SpanIds {
  const hash = createHash('sha256').update(`${installationId} ${messageId}`).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** 32 bits that spread consecutive ids evenly. */
function mixed(id: number): number {
  let h = (id ^ Math.floor(id / 2 ** 32)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

function known(attributes: TracedStep['attributes']): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === null ? [] : [[name.includes('.') ? name : `chappe.${name}`, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Null if the header is not valid (W3C Trace Context §3.2). */
function linkOf(traceparent: string): Link | null {
  const match = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/.exec(
    traceparent,
  );
  if (match === null) return null;
  return { context: { traceId: match[1]!, spanId: match[2]!, traceFlags: Number.parseInt(match[3]!, 16) } };
}
