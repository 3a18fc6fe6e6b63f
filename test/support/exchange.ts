// Reads a recorded exchange of a dialect: one file, one request and its answer, with the source in the first line.
//
//   # where it comes from
//   # {"priceMicros":105000}          facts for the platform, JSON, optional
//   > POST /api/sms HTTP/1.1          the request, as on the wire
//   > content-type: ...
//   >
//   > body
//   = {"text":"..."}                  members the submission must have, JSON, optional
//   < HTTP/1.1 200                    the answer
//   < content-type: ...
//   <
//   < body

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Exchange {
  readonly name: string;
  readonly source: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly submission: Readonly<Record<string, unknown>> | null;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: string;
}

export function readExchanges(dialect: string): Exchange[] {
  const folder = join(import.meta.dirname, '..', 'wire', dialect);
  const names = readdirSync(folder).filter((name) => name.endsWith('.http'));
  return names.toSorted().map((name) => readExchange(name, readFileSync(join(folder, name), 'latin1')));
}

/** `file` holds one byte to a character, so that a request may carry bytes that are no UTF-8. */
function readExchange(name: string, file: string): Exchange {
  const lines = file.replace(/\n$/, '').split('\n');
  const marked = (mark: string) => lines.filter((line) => line[0] === mark).map((line) => line.slice(2));
  const [source, facts] = marked('#');
  assert(source, `${name}: the first line tells the source`);
  const request = readPart(marked('>'));
  const answer = readPart(marked('<'));
  const [method, url] = request.start.split(' ');
  const submission = marked('=').join('');
  return {
    name,
    source,
    facts: facts === undefined ? {} : JSON.parse(Buffer.from(facts, 'latin1').toString()),
    method: method as Method,
    url: url!,
    headers: request.headers,
    body: Buffer.from(request.body, 'latin1'),
    submission: submission === '' ? null : JSON.parse(Buffer.from(submission, 'latin1').toString()),
    status: Number(answer.start.split(' ')[1]),
    answerHeaders: answer.headers,
    answer: Buffer.from(answer.body, 'latin1').toString(),
  };
}

function readPart(lines: readonly string[]) {
  const end = lines.indexOf('');
  const head = end === -1 ? lines : lines.slice(0, end);
  const headers: Record<string, string> = {};
  for (const line of head.slice(1)) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { start: head[0]!, headers, body: end === -1 ? '' : lines.slice(end + 1).join('\n') };
}

/** Sends the request to `app` and compares status, headers, body and the submission. */
export async function playExchange(
  app: FastifyInstance,
  submissions: readonly unknown[],
  exchange: Exchange,
): Promise<void> {
  const { method, url, headers, body } = exchange;
  const answer = await app.inject({ method, url, headers, ...(method === 'GET' ? {} : { payload: body }) });
  assert.equal(answer.body, exchange.answer);
  assert.equal(answer.statusCode, exchange.status);
  for (const [name, value] of Object.entries(exchange.answerHeaders)) {
    assert.equal(answer.headers[name], value);
  }
  if (exchange.submission !== null) assert.partialDeepStrictEqual(submissions.at(-1), exchange.submission);
}
