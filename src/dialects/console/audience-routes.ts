// Handlers of the audience: contacts, lists and tags, opt-outs. Used by http-family.ts.
import type { Account } from '#domain/account/account.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import { readE164 } from '#gsm/msisdn.ts';
import type { audienceCalls } from './contract/audience.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, iso, phoneNumber, readKey } from './response.ts';

const usualLimit = 50;
/** E.164 numbers have at most so many digits. */
const mostDigits = 15;

export function audienceHandlers({ services }: ConsoleOptions): HandlersOf<typeof audienceCalls> {
  const { contacts, contactPages, optOuts } = services;
  return {
    async 'contacts.list'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, q, list, tag } = parameters;
      const after = readKey(parameters.after, 1)?.[0] ?? 0;
      const page = { after, limit: limit + 1 };
      const filter = { ...readContactQuery(q), group: groupOf(list, tag) };
      const { rows, next } = cutPage(
        await contactPages.list(access, filter, page),
        limit,
        ({ msisdn }) => msisdn,
      );
      return {
        rows: rows.map(({ msisdn, updatedAtMs, ...row }) => ({
          ...row,
          params: [...row.params],
          lists: [...row.lists],
          tags: [...row.tags],
          number: phoneNumber(msisdn, showsNumbers),
          updatedAt: iso(updatedAtMs),
        })),
        next,
      };
    },
    async 'contacts.save'({ access, body: { contacts: written, lists = [], tags = [] } }) {
      const { kept, invalid } = await contacts.keep(access, {
        contacts: written.map(({ number, firstName = null, lastName = null, params = [] }) => ({
          number,
          firstName,
          lastName,
          params: Array.from({ length: 5 }, (_, i) => params[i] ?? null),
        })),
        join: [
          ...lists.map((name): ContactGroup => ({ kind: 'list', name })),
          ...tags.map((name): ContactGroup => ({ kind: 'tag', name })),
        ],
        leave: [],
        overwrites: true,
        skipsOptedOut: false,
      });
      return { kept, invalid };
    },
    async 'contacts.remove'({ access, body: { numbers, list, tag } }) {
      if (!(await contacts.drop(access, numbers, groupOf(list, tag)))) throw notFound();
      return {};
    },
    async 'groups.list'({ access, parameters }) {
      const { limit = usualLimit } = parameters;
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await contactPages.listGroups(access, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return {
        rows: rows.map(({ kind, name, createdAtMs }) => ({ kind, name, createdAt: iso(createdAtMs) })),
        next,
      };
    },
    async 'groups.create'({ access, body }) {
      if (!(await contacts.createGroup(access, body)))
        throw new ConsoleRefusal('conflict', { detail: `There is a ${body.kind} with this name already.` });
      return {};
    },
    async 'groups.remove'({ access, parameters: { kind, name } }) {
      if (!(await contacts.dropGroup(access, { kind, name }))) throw notFound();
      return {};
    },
    async 'groups.measure'({ access, parameters: { kind, name } }) {
      const measured = await contactPages.measure(access, { kind, name });
      if (measured === null) throw notFound();
      const { contacts: count, sendable } = measured;
      return { contacts: count, sendable };
    },
    async 'optOuts.list'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, number } = parameters;
      const msisdn = number === undefined ? null : readNumber(number, access.account);
      const after = readKey(parameters.after, 1)?.[0] ?? 0;
      const found = await optOuts.listPage(access, { after, msisdn, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, (row) => row.msisdn);
      return {
        rows: rows.map(({ msisdn: one, atMs, campaignId, ...row }) => ({
          ...row,
          number: phoneNumber(one, showsNumbers),
          at: iso(atMs),
          campaign: campaignId,
        })),
        next,
      };
    },
    async 'optOuts.add'({ access, body: { numbers, reason } }) {
      const read = numbers.map((written) => readE164(written, access.account.settings.defaultCountry));
      const valid = [...new Set(read.filter((msisdn) => msisdn !== null))];
      const added = valid.length === 0 ? 0 : await optOuts.enter(access, valid, reason);
      return {
        added,
        known: valid.length - added,
        invalid: read.filter((msisdn) => msisdn === null).length,
      };
    },
    async 'optOuts.remove'({ access, body: { number, reason } }) {
      const msisdn = readNumber(number, access.account);
      if (!(await optOuts.removeFor(access, msisdn, reason))) throw notFound();
      return {};
    },
  };
}

function groupOf(list: string | undefined, tag: string | undefined): ContactGroup | null {
  if (list !== undefined) return { kind: 'list', name: list };
  return tag === undefined ? null : { kind: 'tag', name: tag };
}

/** Digits are the begin of a number, anything else is part of a name. */
export function readContactQuery(q: string | undefined) {
  const digits = q?.replace(/[\s().+-]/g, '').replace(/^0+/, '') ?? '';
  if (q === undefined || q.trim() === '') return { range: null, name: null };
  if (!/^\d+$/.test(digits) || digits.length > mostDigits) return { range: null, name: q.trim() };
  // Numbers with these first digits have as many or more of them.
  const longest = mostDigits - digits.length;
  return {
    range: { from: Number(digits), until: Number(digits + '9'.repeat(longest)) },
    name: null,
    begin: digits,
  };
}

function readNumber(written: string, { settings }: Account): number {
  const msisdn = readE164(written, settings.defaultCountry);
  if (msisdn !== null) return msisdn;
  throw new ConsoleRefusal('request-invalid', {
    detail: 'This is no telephone number.',
    fields: { number: 'malformed' },
  });
}
