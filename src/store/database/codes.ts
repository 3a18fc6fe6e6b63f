// Numbers that stand for enumerations of the domain in large tables. A number never changes its meaning.
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';

function codec<Name extends string>(codes: Readonly<Record<Name, number>>) {
  const names: Name[] = [];
  for (const name of Object.keys(codes) as Name[]) names[codes[name]] = name;
  return {
    code: (name: Name): number => codes[name],
    name(code: number): Name {
      const name = names[code];
      if (name === undefined) throw new Error(`assertion failed: code ${code}`);
      return name;
    },
  };
}

export const dialectCodes = codec<DialectName>({
  'octopush-legacy': 1,
  'octopush-rest': 2,
  ovh: 3,
  http2sms: 4,
  smtp: 5,
  smpp: 6,
  console: 7,
  cli: 8,
  platform: 9,
});
/** Dialects whose callbacks leave over a bind: the column `reach` of callbacks is 1 (migrations/0007-callbacks.sql). */
export const dialectsOverBinds: ReadonlySet<DialectName> = new Set(['smpp']);

export const purposeCodes = codec<Purpose>({ transactional: 1, marketing: 2 });
export const tierCodes = codec<Tier>({ premium: 1, low_cost: 2, world: 3 });
export const encodingCodes = codec<Encoding>({ gsm7: 0, ucs2: 1 });
export const messageStatuses = {
  code: (name: MessageStatus): number => messageStatusCodes[name],
  name: messageStatus,
};
