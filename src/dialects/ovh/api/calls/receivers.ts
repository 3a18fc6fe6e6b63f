// Fills, reads and empties slots with lists of receivers, of an account and of its users
// (docs/dialects/ovh.md#receivers-csv-files-and-documents). Used by call-table.ts.
import { Readable } from 'node:stream';
import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { badParameter, unknownObject } from '#dialects/ovh/api/errors.ts';
import {
  firstSlot,
  type ListSource,
  lastSlot,
  slotKeyOf,
  tellingListErrors,
} from '#dialects/ovh/api/recipient-list-source.ts';
import { type InScope, inScopes, ofAccountAndUsers, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import type { Account } from '#domain/account/account.ts';
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import { isUuid } from '#lib/security/secrets.ts';
import { decodeLines, renderJsonString } from '#lib/text/text-decoding.ts';

interface OneSlot extends InScope {
  readonly slotId: number;
}

interface SlotInput extends OneSlot {
  readonly description?: string;
  readonly autoUpdate?: boolean;
}

interface FillInput extends SlotInput {
  readonly csvUrl?: string;
  readonly documentId?: string;
}

const maxDescriptionLength = 255;

export const receiverAnswers: Answers = inScopes(ofAccountAndUsers, {
  'GET /receivers': answer<InScope>(async (call) => {
    const { userId } = await scopeOf(call);
    const { bucket, id } = call.account;
    return call.services.desks.lists.slots.list({ bucket, accountId: id, userId: userId ?? null });
  }),

  'POST /receivers': answer<FillInput>(async (call) => {
    const { services, input } = call;
    const { slotId, autoUpdate = false } = input;
    const key = await keyOf(call);
    if (slotId < firstSlot || slotId > lastSlot)
      throw badParameter('slotId', `Slots are numbered ${firstSlot} to ${lastSlot}`);
    const description = readDescription(input.description ?? '');
    const { field, source } = readSource(call);
    if (autoUpdate && source.kind !== 'url')
      throw badParameter('autoUpdate', 'Only a list of a csvUrl can be updated automatically');
    const filling = { description, isUpdated: autoUpdate, source };
    const slot = await tellingListErrors(field, () => services.desks.lists.fill(key, filling));
    if (slot === null) throw badParameter(field, 'There is no such document, or nothing was uploaded to it');
    return renderSlot(slot);
  }),

  'GET /receivers/{slotId}': answer<OneSlot>(async (call) => renderSlot((await find(call)).slot)),

  'PUT /receivers/{slotId}': answer<SlotInput>(async (call) => {
    const { key, slot } = await find(call);
    const { description, autoUpdate } = call.input;
    if (autoUpdate && slot.url === null)
      throw badParameter('autoUpdate', 'Only a list of a csvUrl can be updated automatically');
    await call.services.desks.lists.slots.edit(key, {
      ...(description !== undefined && { description: readDescription(description) }),
      ...(autoUpdate !== undefined && { isUpdated: autoUpdate }),
    });
  }),

  'DELETE /receivers/{slotId}': answer<OneSlot>(async (call) => {
    if (!(await call.services.desks.lists.slots.empty(await keyOf(call)))) throw unknownObject();
  }),

  // The loaded list in UTF-8 as a JSON string, streamed
  // (docs/dialects/ovh.md#receivers-csv-files-and-documents).
  'GET /receivers/{slotId}/csv': answer<OneSlot>(async (call) => {
    const bytes = await call.services.desks.lists.slots.open(await keyOf(call));
    if (bytes === null) throw unknownObject();
    return Readable.from(renderJsonString(decodeLines(bytes)));
  }),
});

async function keyOf(call: Call<OneSlot>): Promise<SlotKey> {
  const { userId } = await scopeOf(call);
  return slotKeyOf(call.account, userId ?? null, Math.min(Math.max(call.input.slotId, 0), lastSlot + 1));
}

async function find(call: Call<OneSlot>): Promise<{ key: SlotKey; slot: RecipientSlot }> {
  const key = await keyOf(call);
  const slot = await call.services.desks.lists.slots.read(key);
  if (slot === null) throw unknownObject();
  return { key, slot };
}

function readDescription(description: string): string {
  if (description.length > maxDescriptionLength)
    throw badParameter('description', `A description has at most ${maxDescriptionLength} characters`);
  return description;
}

function readSource({ customer, input: { csvUrl = '', documentId = '' } }: Call<FillInput>) {
  if ((csvUrl === '') === (documentId === ''))
    throw badParameter('csvUrl', 'Name either a csvUrl or a documentId');
  const source: Exclude<ListSource, { kind: 'slot' }> =
    csvUrl === '' ? documentOf(customer, documentId) : { kind: 'url', url: csvUrl };
  return { source, field: csvUrl === '' ? 'documentId' : 'csvUrl' };
}

function documentOf(customer: Account, documentId: string) {
  const id = documentId.trim().toLowerCase();
  if (!isUuid(id)) throw badParameter('documentId', 'Given data is not valid for type uuid');
  return { kind: 'document', customer, id } as const;
}

/** sms.Receiver */
function renderSlot({ slot, description, url, isUpdated, records, loadedAtMs }: RecipientSlot) {
  return {
    slotId: slot,
    description,
    autoUpdate: isUpdated,
    canAutoUpdate: url !== null,
    records,
    datetime: renderDate(loadedAtMs),
  };
}
