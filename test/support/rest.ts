// Requests to the REST dialect beyond a send, over real HTTP. For tests only.
import type { Keys } from './clients.ts';

export interface RestAnswer {
  readonly status: number;
  /** Members of the answer; empty without content. */
  readonly members: Record<string, never>;
  readonly code: number | undefined;
}

/** `GET contact/create` and the like; the input goes into the query of a GET and into the body of everything else. */
export async function callRest(
  url: string,
  keys: Keys,
  what: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<RestAnswer> {
  const [method, path] = what.split(' ') as [string, string];
  const query = method === 'GET' ? `?${new URLSearchParams(input as Record<string, string>)}` : '';
  const response = await fetch(`${url}/v1/public/${path}${query}`, {
    method,
    headers: { 'api-login': keys.login, 'api-key': keys.apiKey, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  const members = text === '' ? {} : JSON.parse(text);
  return { status: response.status, members, code: members.code };
}
