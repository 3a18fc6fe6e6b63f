// A queue with a limited concurrency for each endpoint, so that a slow or unreachable server delays no other.
// Used by the callback pusher.
import { Queue } from './queue.ts';

export interface EndpointQueuesOptions<Job> {
  /** Jobs in progress for one endpoint at the same time. */
  readonly concurrency: number;
  /** Executes a job; false if the endpoint did not answer at all. Never rejects. */
  readonly execute: (job: Job) => Promise<boolean>;
  /** Receives a job that is not executed, because its endpoint is unreachable or because the process stops. */
  readonly discard: (job: Job, reason: string) => void;
  /** Called when a job of this endpoint has ended and the next one of its queue has started: there can be capacity. */
  readonly onExecuted?: (key: string) => void;
  /** Called when the queue of this endpoint was discarded because the endpoint does not answer. */
  readonly onUnreachable?: (key: string) => void;
}

interface Endpoint<Job> {
  queue: Queue<Job>;
  active: number;
  /** Consecutive jobs without an answer. */
  failures: number;
}

/** After this many consecutive failures the queue of an endpoint is discarded without being tried. */
const maxFailures = 3;

/** Scheme, host and port of a URL, as they are written. */
export function endpointOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return end === -1 ? url : url.slice(0, end);
}

export class EndpointQueues<Job> {
  readonly #options: EndpointQueuesOptions<Job>;
  readonly #endpoints = new Map<string, Endpoint<Job>>();
  #isStopping = false;
  #onIdle: (() => void) | null = null;

  constructor(options: EndpointQueuesOptions<Job>) {
    this.#options = options;
  }

  /** Jobs that have not started. */
  waiting(key: string): number {
    return this.#endpoints.get(key)?.queue.length ?? 0;
  }

  add(key: string, job: Job): void {
    if (this.#isStopping) {
      this.#options.discard(job, 'the platform stops');
      return;
    }
    let endpoint = this.#endpoints.get(key);
    if (endpoint === undefined) {
      endpoint = { queue: new Queue(), active: 0, failures: 0 };
      this.#endpoints.set(key, endpoint);
    }
    if (endpoint.active < this.#options.concurrency) this.#start(key, endpoint, job);
    else endpoint.queue.push(job);
  }

  #start(key: string, endpoint: Endpoint<Job>, job: Job): void {
    endpoint.active++;
    void this.#options.execute(job).then((wasAnswered) => {
      endpoint.active--;
      endpoint.failures = wasAnswered ? 0 : endpoint.failures + 1;
      this.#startNext(key, endpoint);
      this.#options.onExecuted?.(key);
    });
  }

  #startNext(key: string, endpoint: Endpoint<Job>): void {
    if (this.#isStopping) this.#discardQueue(endpoint, 'the platform stops');
    else if (endpoint.failures >= maxFailures) {
      this.#discardQueue(endpoint, 'the endpoint does not answer');
      this.#options.onUnreachable?.(key);
    }
    const job = endpoint.queue.shift();
    if (job !== undefined) this.#start(key, endpoint, job);
    else if (endpoint.active === 0) {
      this.#endpoints.delete(key);
      if (this.#endpoints.size === 0) this.#onIdle?.();
    }
  }

  #discardQueue(endpoint: Endpoint<Job>, reason: string): void {
    for (let job = endpoint.queue.shift(); job; job = endpoint.queue.shift())
      this.#options.discard(job, reason);
  }

  /** Starts nothing more; resolves when nothing is in progress, or after `graceMs`. */
  stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const [key, endpoint] of this.#endpoints) this.#startNext(key, endpoint);
    if (this.#endpoints.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
