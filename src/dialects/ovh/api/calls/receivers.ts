// Fills, reads and empties slots with lists of receivers, of an account and of its users
// (docs/dialects/ovh.md#receivers-csv-files-and-documents). Used by call-table.ts.
import { Readable } from 'node:stream';
import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { badParameter, unknownObject } from '#dialects/ovh/api/errors.ts';
import { firstSlot, lastSlot, tellingListErrors } from '#dialects/ovh/api/recipient-list-source.ts';
import { type InScope, inScopes, ofAccountAndUsers, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import type { RecipientSlot } from '#domain/recipients/recipient-slot.ts';
import { isUuid } from '#lib/security/secrets.ts';
import { decodeLines, renderJsonString } from '#lib/text/text-decoding.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { SlotName } from '#operations/audience/recipient-slots.ts';
import type { ListSource } from '#operations/sending/recipient-lists/service.ts';

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
    return call.services.recipientSlots.list(call.access, userId ?? null);
  }),

  'POST /receivers': answer<FillInput>(async (call) => {
    const { services, access, input } = call;
    const { slotId, autoUpdate = false } = input;
    const name = await nameOf(call);
    if (slotId < firstSlot || slotId > lastSlot)
      throw badParameter('slotId', `Slots are numbered ${firstSlot} to ${lastSlot}`);
    const description = readDescription(input.description ?? '');
    const { field, source } = readSource(call);
    if (autoUpdate && source.kind !== 'url')
      throw badParameter('autoUpdate', 'Only a list of a csvUrl can be updated automatically');
    const filling = { description, isUpdated: autoUpdate, source };
    const slot = await tellingListErrors(field, () =>
      services.recipientLists.fillSlot(access, name, filling),
    );
    if (slot === null) throw badParameter(field, 'There is no such document, or nothing was uploaded to it');
    return renderSlot(slot);
  }),

  'GET /receivers/{slotId}': answer<OneSlot>(async (call) => renderSlot((await find(call)).slot)),

  'PUT /receivers/{slotId}': answer<SlotInput>(async (call) => {
    const { name, slot } = await find(call);
    const { description, autoUpdate } = call.input;
    if (autoUpdate && slot.url === null)
      throw badParameter('autoUpdate', 'Only a list of a csvUrl can be updated automatically');
    await call.services.recipientSlots.edit(call.access, name, {
      ...(description !== undefined && { description: readDescription(description) }),
      ...(autoUpdate !== undefined && { isUpdated: autoUpdate }),
    });
  }),

  'DELETE /receivers/{slotId}': answer<OneSlot>(async (call) => {
    if (!(await call.services.recipientSlots.empty(call.access, await nameOf(call)))) throw unknownObject();
  }),

  // The loaded list in UTF-8 as a JSON string, streamed
  // (docs/dialects/ovh.md#receivers-csv-files-and-documents).
  'GET /receivers/{slotId}/csv': answer<OneSlot>(async (call) => {
    const bytes = await call.services.recipientSlots.open(call.access, await nameOf(call));
    if (bytes === null) throw unknownObject();
    return Readable.from(renderJsonString(decodeLines(bytes)));
  }),
});

async function nameOf(call: Call<OneSlot>): Promise<SlotName> {
  const { userId = null } = await scopeOf(call);
  return { userId, slot: Math.min(Math.max(call.input.slotId, 0), lastSlot + 1) };
}

async function find(call: Call<OneSlot>): Promise<{ name: SlotName; slot: RecipientSlot }> {
  const name = await nameOf(call);
  const slot = await call.services.recipientSlots.read(call.access, name);
  if (slot === null) throw unknownObject();
  return { name, slot };
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

function documentOf(uploader: AccountAccess, documentId: string) {
  const id = documentId.trim().toLowerCase();
  if (!isUuid(id)) throw badParameter('documentId', 'Given data is not valid for type uuid');
  return { kind: 'document', uploader, id } as const;
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
