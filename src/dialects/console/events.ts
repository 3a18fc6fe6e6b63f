// Server-sent events for the console: one stream for each browser. While a stream is open, the marks of its accounts are read
// once a second, one short statement for each account however many look; without a stream nothing runs. Rejected: notices
// of the stages (`chappe_live`), which cost every batch something, also while nobody looks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readSessionToken } from '#dialects/shared/console-cookie.ts';
import { secondMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Visitor } from '#operations/account/members/open-session.ts';
import { describeAgent } from './agent.ts';
import { ConsoleRefusal } from './errors.ts';
import { eventsBetween, type LiveState, type NamedEvent } from './event-topics.ts';
import type { ConsoleOptions } from './options.ts';
import { iso } from './response.ts';

const everyMs = secondMs;
const commentEveryMs = 15 * secondMs;
const checkSessionEveryMs = 60 * secondMs;
const maxPerSession = 2;
const maxPerProcess = 500;
const maxTopics = 50;
/** A client that reads nothing for so many bytes is disconnected: it reconnects and refetches. */
const maxUnread = 256 * 1024;

interface Stream {
  readonly sessionId: number;
  readonly reply: FastifyReply;
  readonly accounts: ReadonlyMap<string, AccountAccess>;
  readonly campaigns: readonly number[];
  /** Ends when the session does. */
  isSessionValid(): Promise<boolean>;
}

export function registerEvents(app: FastifyInstance, options: ConsoleOptions, build: string): void {
  const streams = new Streams(options);
  app.get('/console/api/events', { exposeHeadRoute: false }, async (request, reply) => {
    const stream = await openStream(request, reply, options);
    if (streams.size >= maxPerProcess || streams.countOf(stream.sessionId) >= maxPerSession)
      throw new ConsoleRefusal('too-many-streams', {
        detail: 'Too many streams are open. Pages refresh themselves instead.',
        retryAfterMs: 10 * secondMs,
      });
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // nginx otherwise collects the events of a stream.
      'x-accel-buffering': 'no',
    });
    streams.add(stream);
    streams.send(stream, { event: 'hello', data: { build, now: iso(options.clock.now()) } });
    if (request.headers['last-event-id'] !== undefined) streams.send(stream, { event: 'reset', data: {} });
    return reply;
  });
  // Open streams would delay the stop of the server.
  app.addHook('preClose', async () => streams.close());
}

async function openStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { services: { sessions, messages } }: ConsoleOptions,
): Promise<Stream> {
  const visitor: Visitor = {
    address: request.ip,
    agent: describeAgent(request.headers['user-agent'] ?? ''),
  };
  const token = readSessionToken(request, await sessions.installationId());
  const session = token === null ? null : await sessions.resume(token, visitor);
  if (token === null || session?.state !== 'signed-in')
    throw new ConsoleRefusal('session-missing', { detail: 'Sign in first.' });
  const { topics = '' } = request.query as { topics?: string };
  const accounts = new Map<string, AccountAccess>();
  const campaigns: number[] = [];
  for (const topic of String(topics).split(',').slice(0, maxTopics)) {
    const [kind, name = ''] = topic.split(':', 2);
    if (kind === 'account') {
      const access = await sessions.openAccount(session.access, name);
      if (access !== null) accounts.set(name, access);
    } else if (kind === 'campaign' && /^\d{1,15}$/.test(name)) campaigns.push(Number(name));
  }
  const own: number[] = [];
  for (const campaign of campaigns)
    for (const access of accounts.values())
      if ((await messages.readCampaign(access, campaign)) !== null) own.push(campaign);
  return {
    sessionId: session.access.session.id,
    reply,
    accounts,
    campaigns: own,
    isSessionValid: async () => (await sessions.resume(token, visitor))?.state === 'signed-in',
  };
}

class Streams {
  readonly #open = new Set<Stream>();
  readonly #states = new Map<string, LiveState>();
  readonly #options: ConsoleOptions;
  #timers: NodeJS.Timeout[] = [];
  #isLooking = false;
  #lastId = 0;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  countOf(sessionId: number): number {
    return [...this.#open].filter((stream) => stream.sessionId === sessionId).length;
  }

  add(stream: Stream): void {
    this.#open.add(stream);
    stream.reply.raw.on('close', () => this.#remove(stream));
    if (this.#timers.length > 0) return;
    this.#timers = [
      setInterval(() => void this.#look(), everyMs),
      setInterval(() => this.#comment(), commentEveryMs),
      setInterval(() => void this.#checkSessions(), checkSessionEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  close(): void {
    for (const { reply } of this.#open) reply.raw.end();
    this.#stopTimers();
  }

  send({ reply }: Stream, { event, data }: NamedEvent): void {
    this.#write(reply, `id: ${++this.#lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #write({ raw }: FastifyReply, text: string): void {
    if (raw.writableLength > maxUnread) raw.destroy();
    else raw.write(text);
  }

  #remove(stream: Stream): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    this.#stopTimers();
    this.#states.clear();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #comment(): void {
    for (const { reply } of this.#open) this.#write(reply, ': still here\n\n');
  }

  /** A slow database delays the next look; a failed one is tried again a second later. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const accounts = new Map([...this.#open].flatMap((stream) => [...stream.accounts]));
      for (const name of this.#states.keys()) if (!accounts.has(name)) this.#states.delete(name);
      for (const [name, access] of accounts) await this.#lookAt(name, access);
    } catch {
      // The request handlers report a database that does not answer.
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAt(name: string, access: AccountAccess): Promise<void> {
    const before = this.#states.get(name);
    const since = before === undefined ? Number.MAX_SAFE_INTEGER : (before.lastCampaignId ?? 0);
    const after = await this.#options.services.liveStates.read(access, since);
    this.#states.set(name, after);
    if (before === undefined) return;
    for (const stream of this.#open)
      if (stream.accounts.has(name))
        for (const event of eventsBetween(name, before, after, stream.campaigns)) this.send(stream, event);
  }

  async #checkSessions(): Promise<void> {
    for (const stream of [...this.#open])
      if (!(await stream.isSessionValid().catch(() => true))) stream.reply.raw.end();
  }
}
