// Reads the forms of the key pages, and refuses invalid values with a sentence for the page. Used by key-pages.ts.

import type { FastifyRequest } from 'fastify';
import { readRules } from '#dialects/ovh/api/access-rule-text.ts';
import { type AccessRule, isRule, maxBlocks, maxRules } from '#dialects/ovh/api/access-rules.ts';
import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import { isBlock } from '#lib/net/address-guard.ts';
import { cleanText, decodeUtf8OrWindows1252, withoutMark } from '#lib/text/text-bytes.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';

/** A refusal that the page shows, above the form again. */
export class PageRefusal extends WireRefusal {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Lifetime {
  readonly name: string;
  readonly words: string;
  /** Null: unlimited. */
  readonly ms: number | null;
}

export const lifetimes: readonly Lifetime[] = [
  { name: '1h', words: '1 hour', ms: hourMs },
  { name: '1d', words: '1 day', ms: dayMs },
  { name: '7d', words: '7 days', ms: 7 * dayMs },
  { name: '30d', words: '30 days', ms: 30 * dayMs },
  { name: '365d', words: '1 year', ms: 365 * dayMs },
  { name: 'unlimited', words: 'Unlimited', ms: null },
];

/** The values of a form by field name, as sent. */
export type Fields = Readonly<Record<string, string>>;

export function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.raw.url!.split('?')[1] ?? '');
}

/** Values that the query of a link fills in. */
export function fieldsOfQuery(request: FastifyRequest): Fields {
  const query = queryOf(request);
  return { name: cleanText(query.get('name') ?? ''), description: cleanText(query.get('description') ?? '') };
}

export function fieldsOfBody(request: FastifyRequest): Fields {
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(decodeUtf8OrWindows1252(withoutMark(body))))
    fields[name] = cleanText(value);
  return fields;
}

export function readApplication({ name = '', description = '' }: Fields) {
  if (name.trim() === '') throw new PageRefusal(400, 'Give the application a name.');
  if (name.length > 100 || description.length > 500)
    throw new PageRefusal(400, 'The name can have at most 100 characters, the description 500.');
  return { name: name.trim(), description: description.trim() };
}

export function readLifetime(name: string | undefined): number | null {
  const lifetime = lifetimes.find((known) => known.name === name);
  if (lifetime === undefined) throw new PageRefusal(400, 'Choose one of the lifetimes.');
  return lifetime.ms;
}

export function readRights(text: string): readonly AccessRule[] {
  const rules = readRules(text);
  if (rules.length === 0) throw new PageRefusal(400, 'Write at least one right.');
  if (rules.length > maxRules) throw new PageRefusal(400, `A token can have at most ${maxRules} rights.`);
  return rules.map((rule) => {
    if (typeof rule !== 'string' && isRule(rule.method, rule.path)) return rule;
    const line = typeof rule === 'string' ? rule : `${rule.method} ${rule.path}`;
    throw new PageRefusal(400, `“${line}” is not a right. Write a method and a path, as in GET /sms/*.`);
  });
}

export function readAddresses(text: string): readonly string[] {
  const blocks = text.split(/[\s,]+/).filter((block) => block !== '');
  const wrong = blocks.find((block) => !isBlock(block));
  if (wrong !== undefined)
    throw new PageRefusal(400, `“${wrong}” is not an IP address and not a CIDR block.`);
  if (blocks.length > maxBlocks)
    throw new PageRefusal(400, `A token can have at most ${maxBlocks} addresses.`);
  return blocks;
}
