// Access tokens of OAuth 2.0 by client credentials (RFC 6749 §4.4). Used by the connector and the poller. A token is kept until
// shortly before its end; one request at a time fetches the next one, and every message waits for it. Never throws.
import type { ExchangeRequest, HttpExchanger } from '#lib/net/http-exchange.ts';
import type { HttpOptions } from './options.ts';

export type AccessToken =
  | { readonly kind: 'token'; readonly token: string }
  /** `isRefused`: the carrier does not accept the client; only the operator can help. */
  | { readonly kind: 'failed'; readonly isRefused: boolean; readonly reason: string };

type Needed = Pick<HttpOptions, 'oauthUrl' | 'oauthScope' | 'oauthClient' | 'user' | 'password'>;

/** A token without expires_in: RFC 6749 §5.1 names no duration. */
const usualLifeMs = 300_000;
/** A token is replaced this long before its end, and after half its life if that is sooner. */
const marginMs = 60_000;

export class AccessTokens {
  readonly #options: Needed;
  readonly #exchanger: HttpExchanger;
  readonly #clock: { now(): number };
  #token: string | null = null;
  #untilMs = 0;
  #accepted: string | null = null;
  /** Requests at the same time have the same token. */
  #ended: string | null = null;
  #fetching: Promise<AccessToken> | null = null;

  constructor(options: Needed, exchanger: HttpExchanger, clock: { now(): number }) {
    this.#options = options;
    this.#exchanger = exchanger;
    this.#clock = clock;
  }

  async get(): Promise<AccessToken> {
    const nowMs = this.#clock.now();
    if (this.#token !== null && nowMs < this.#untilMs) return { kind: 'token', token: this.#token };
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** A request with this token was not answered with 401. */
  accepted(token: string): void {
    this.#accepted = token;
  }

  /**
   * A request with this token was answered with 401: the next request fetches another one. True if the carrier accepted it
   * before, so that it has only ended; false for a token that was new.
   */
  refused(token: string): boolean {
    if (this.#token === token) this.#token = null;
    const hasEnded = token === this.#accepted || token === this.#ended;
    if (hasEnded) this.#ended = token;
    return hasEnded;
  }

  async #fetch(): Promise<AccessToken> {
    const exchange = await this.#exchanger.send(tokenRequest(this.#options));
    if (exchange.kind === 'failed') return failed(`the token was not fetched: ${exchange.reason}`, false);
    const { status, body } = exchange;
    const answer = readAnswer(body);
    if (status < 200 || status >= 300) {
      const error = typeof answer['error'] === 'string' ? answer['error'] : `HTTP status ${status}`;
      return failed(
        `the token was refused: ${printable(error)}`,
        status < 500 && status !== 429 && status !== 408,
      );
    }
    const token = answer['access_token'];
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,8000}$/.test(token))
      return failed('the answer to the request for a token has no access_token', false);
    // The same one again: another 401 to it concerns the account, and would repeat for ever.
    if (token === this.#ended) this.#accepted = this.#ended = null;
    const seconds = Number(answer['expires_in']);
    const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : usualLifeMs;
    this.#token = token;
    this.#untilMs = this.#clock.now() + lifeMs - Math.min(marginMs, lifeMs / 2);
    return { kind: 'token', token };
  }
}

function failed(reason: string, isRefused: boolean): AccessToken {
  return { kind: 'failed', reason, isRefused };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}

function readAnswer(body: string | null): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body ?? '');
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** RFC 6749 §2.3.1: the client in a header, each side form-encoded, or in the body. */
function tokenRequest({ oauthUrl, oauthScope, oauthClient, user, password }: Needed): ExchangeRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (oauthScope !== '') form.set('scope', oauthScope);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'Chappe',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (oauthClient === 'form') {
    form.set('client_id', user);
    form.set('client_secret', password);
  } else {
    const client = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(client, 'utf8').toString('base64')}`;
  }
  return { method: 'POST', url: oauthUrl, headers, body: form.toString() };
}
