// A member of the console who calls its API over HTTP, signed in by a one-time link. Used by the tests of the console.
import assert from 'node:assert/strict';
import type { Answer, CallName } from '../../src/dialects/console/contract.ts';
import { contract } from '../../src/dialects/console/contract.ts';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createOperatorLinks, enterPath } from '../../src/operations/account/members/operator-links.ts';
import type { TestPlatform } from './platform.ts';

export interface ConsoleAnswer<C extends CallName> {
  readonly status: number;
  readonly body: Answer<C> & { readonly reason?: string; readonly fields?: Record<string, string> };
}

export class ConsoleMember {
  readonly #url: string;
  /** `name=value`, also for a browser. */
  readonly cookie: string;
  readonly #csrf: string;

  constructor(url: string, cookie: string, csrf: string) {
    this.#url = url;
    this.cookie = cookie;
    this.#csrf = csrf;
  }

  /** `values`: parameters of path and query, and `body`. */
  async try<C extends CallName>(
    name: C,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<ConsoleAnswer<C>> {
    const response = await this.#fetch(name, values);
    return { status: response.status, body: (await response.json()) as ConsoleAnswer<C>['body'] };
  }

  /** The same, for a call that must succeed. */
  async call<C extends CallName>(
    name: C,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer<C>> {
    const { status, body } = await this.try(name, values);
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
    return body;
  }

  async download(name: CallName, values: Readonly<Record<string, unknown>>): Promise<string> {
    const response = await this.#fetch(name, values);
    assert.equal(response.status, 200);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
  }

  /** Sends the bytes of a file as the body. */
  async upload<C extends CallName>(
    name: C,
    values: Readonly<Record<string, unknown>>,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<ConsoleAnswer<C>> {
    const response = await this.#fetch(name, values, bytes);
    return { status: response.status, body: (await response.json()) as ConsoleAnswer<C>['body'] };
  }

  #fetch(
    name: CallName,
    { body, ...values }: Readonly<Record<string, unknown>>,
    file?: Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const { method, path } = contract[name];
    const query = new URLSearchParams();
    const filled = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(values[key])));
    for (const [key, value] of Object.entries(values))
      if (!path.includes(`:${key}`)) query.set(key, String(value));
    const hasBody = method !== 'GET';
    return fetch(`${this.#url}${filled}?${query}`, {
      method,
      headers: {
        cookie: this.cookie,
        ...(hasBody && {
          'x-chappe-csrf': this.#csrf,
          'content-type': file === undefined ? 'application/json' : 'application/octet-stream',
        }),
      },
      ...(hasBody && { body: file ?? JSON.stringify(body ?? {}) }),
    });
  }
}

async function newLinkToken({ database, clock }: TestPlatform): Promise<string> {
  const access = operatorAccess({ actor: 'cli:test', address: null });
  return createOperatorLinks({ database, clock }).create(access, null);
}

/** The address of a page that signs an operator in, for a browser. */
export async function signInUrl(platform: TestPlatform): Promise<string> {
  return `${platform.url}${enterPath(await newLinkToken(platform))}`;
}

/** Signs in by a token of a link: the session of the answer. */
async function signIn(platform: TestPlatform, path: string, body: object): Promise<ConsoleMember> {
  const response = await fetch(`${platform.url}/console/api/session/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  const { csrf } = (await response.json()) as { csrf: string };
  const cookie = response.headers.get('set-cookie')!.split(';', 1)[0]!;
  return new ConsoleMember(platform.url, cookie, csrf);
}

/** An operator, who may open every account. */
export async function signInOperator(platform: TestPlatform): Promise<ConsoleMember> {
  return signIn(platform, 'enter', { token: await newLinkToken(platform) });
}

/** A new member of the account, invited by `host`. */
export async function signInMember(
  platform: TestPlatform,
  host: ConsoleMember,
  { account, email, role }: { account: string; email: string; role: 'owner' | 'editor' | 'viewer' },
): Promise<ConsoleMember> {
  const { link } = await host.call('members.invite', { account, body: { email, role } });
  const token = link.slice(link.indexOf('#') + 1);
  return signIn(platform, 'accept-invitation', { token, name: email, password: 'a long enough password' });
}
