// Work for other people's servers: a queue and a few places at once for each of them, so that a slow one or a dead one
// delays nobody else.
import { Queue } from './queue.ts';

export interface EndpointQueuesOptions<Job> {
  /** Jobs under way to one endpoint at the same time. */
  readonly places: number;
  /** Does a job; false when the endpoint did not answer at all. Never rejects. */
  readonly run: (job: Job) => Promise<boolean>;
  /** A job that will not be run: its endpoint is dead, or everything stops. */
  readonly drop: (job: Job, reason: string) => void;
  /** A job of this endpoint has ended, and the next one of its queue has begun: there may be room. */
  readonly onEnd?: (key: string) => void;
  /** What was in the queue of this endpoint has been dropped, because it does not answer. */
  readonly onDead?: (key: string) => void;
}

interface Endpoint<Job> {
  queue: Queue<Job>;
  active: number;
  /** Jobs in a row that were not answered: with several, what is queued is dropped without being tried. */
  failures: number;
}

const deadAfterFailures = 3;

/** Scheme, host and port of an address, as they are written. */
export function endpointOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return end === -1 ? url : url.slice(0, end);
}

export class EndpointQueues<Job> {
  readonly #options: EndpointQueuesOptions<Job>;
  readonly #endpoints = new Map<string, Endpoint<Job>>();
  #isStopping = false;
  #onQuiet: (() => void) | null = null;

  constructor(options: EndpointQueuesOptions<Job>) {
    this.#options = options;
  }

  /** Jobs that wait for a place. */
  waiting(key: string): number {
    return this.#endpoints.get(key)?.queue.length ?? 0;
  }

  add(key: string, job: Job): void {
    if (this.#isStopping) {
      this.#options.drop(job, 'the platform stops');
      return;
    }
    let endpoint = this.#endpoints.get(key);
    if (endpoint === undefined) {
      endpoint = { queue: new Queue(), active: 0, failures: 0 };
      this.#endpoints.set(key, endpoint);
    }
    if (endpoint.active < this.#options.places) this.#run(key, endpoint, job);
    else endpoint.queue.push(job);
  }

  #run(key: string, endpoint: Endpoint<Job>, job: Job): void {
    endpoint.active++;
    void this.#options.run(job).then((wasAnswered) => {
      endpoint.active--;
      endpoint.failures = wasAnswered ? 0 : endpoint.failures + 1;
      this.#next(key, endpoint);
      this.#options.onEnd?.(key);
    });
  }

  #next(key: string, endpoint: Endpoint<Job>): void {
    if (this.#isStopping) this.#drop(endpoint, 'the platform stops');
    else if (endpoint.failures >= deadAfterFailures) {
      this.#drop(endpoint, 'the endpoint does not answer');
      this.#options.onDead?.(key);
    }
    const job = endpoint.queue.shift();
    if (job !== undefined) this.#run(key, endpoint, job);
    else if (endpoint.active === 0) {
      this.#endpoints.delete(key);
      if (this.#endpoints.size === 0) this.#onQuiet?.();
    }
  }

  #drop(endpoint: Endpoint<Job>, reason: string): void {
    for (let job = endpoint.queue.shift(); job; job = endpoint.queue.shift()) this.#options.drop(job, reason);
  }

  /** Runs nothing more; resolves when nothing is under way, or after `graceMs`. */
  stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const [key, endpoint] of this.#endpoints) this.#next(key, endpoint);
    if (this.#endpoints.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
