// Endpoints of campaigns on a list or a tag: create, poll, confirm, cancel
// (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags). Used by routes.ts and openapi.ts.

import { type Static, Type } from 'typebox';
import { renderParisOffsetTime } from '#dialects/shared/paris-time.ts';
import { draftCancelled, draftUnknown, preparationFailed } from '#domain/campaign/draft-refusals.ts';
import { castFlag } from './cast.ts';
import { listOf } from './contacts.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { RestRefusal } from './errors.ts';
import { readListOrder } from './request.ts';
import { segmentationNotServed } from './request-refusals.ts';
import { euros } from './response.ts';
import { campaignMembers, listName, tagName, ticketNumber } from './schemas.ts';
import { readRestTicket, restTicket } from './ticket.ts';

const kinds = [
  { kind: 'list', path: '/sms-campaign-on-list', member: 'list_name', name: listName('The list.') },
  { kind: 'tag', path: '/sms-campaign-on-tag', member: 'tag_name', name: tagName('The tag.') },
] as const;

const segmentation = Type.Optional(
  Type.Object({}, { description: 'Not served: a campaign with a segmentation is refused.' }),
);

const created = Type.Object({ ticket_number: Type.String(), sms_ticket: Type.String() });

const computed = Type.Object({
  number_of_contacts: Type.Integer(),
  cost: Type.Number({ description: 'In euros.' }),
  status: Type.String({ description: 'ready_to_be_sent.' }),
});

const confirmed = Type.Object({ sending_date: Type.String({ description: 'ISO 8601.' }) });

export const listCampaignEndpoints: readonly Endpoint[] = kinds.flatMap(({ kind, path, member, name }) => {
  const group = 'Campaigns on lists and tags';
  return [
    endpoint({
      method: 'POST',
      path: `${path}/create`,
      group,
      summary: `Creates a campaign on a ${kind}, to be confirmed`,
      input: Type.Object({ [member]: name, ...campaignMembers, segmentation }),
      status: 201,
      output: created,
      async answer({ services, access, members, input }) {
        const written = (input as Record<string, unknown>)[member] as string;
        const target = { kind, name: listOf(written).name };
        if (hasMembers(members['segmentation'])) throw segmentationNotServed();
        const order = readListOrder(members, access.account.settings, target);
        const ticket = restTicket(await services.contactListCampaigns.create(access, order));
        // The documents do not show this answer; it has the ticket under both names.
        return { ticket_number: ticket, sms_ticket: ticket };
      },
    }),
    endpoint({
      method: 'GET',
      path: `${path}/status`,
      group,
      summary: 'The status of a campaign, and its cost',
      input: ticketNumber,
      status: 200,
      output: computed,
      answer: tellStatus,
    }),
    endpoint({
      method: 'POST',
      path: `${path}/send`,
      group,
      summary: 'Confirms and sends a campaign, once',
      input: ticketNumber,
      status: 200,
      output: confirmed,
      answer: confirm,
    }),
    endpoint({
      method: 'DELETE',
      path: `${path}/cancel`,
      group,
      summary: 'Deletes an unconfirmed campaign, or cancels its waiting messages',
      input: ticketNumber,
      status: 204,
      output: null,
      async answer({ services, access, input }) {
        if (!(await services.contactListCampaigns.cancel(access, campaignOf(input.ticket_number))))
          throw new RestRefusal('cancel-too-late');
      },
    }),
  ];
});

function hasMembers(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return typeof value === 'string' ? value.trim() !== '' : (castFlag(value) ?? value) === true;
}

/** Refuses `draft-unknown` for an invalid ticket. */
export function campaignOf(ticket: string): number {
  const id = readRestTicket(ticket.trim());
  if (id === null) throw draftUnknown('No campaign has this ticket_number.');
  return id;
}

async function tellStatus({ services, access, input }: Call<Static<typeof ticketNumber>>) {
  const campaign = await services.contactListCampaigns.read(access, campaignOf(input.ticket_number));
  // Quirk: 400 as long as it is not ready (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags).
  if (campaign.status === 'computing') throw new RestRefusal('under-computation');
  if (campaign.status === 'failed') throw preparationFailed(campaign.failure!);
  if (campaign.status === 'cancelled') throw draftCancelled();
  return {
    number_of_contacts: campaign.contacts,
    cost: euros(campaign.costMicros),
    status: 'ready_to_be_sent',
  };
}

export async function confirm({ services, access, input }: Call<Static<typeof ticketNumber>>) {
  const dueAtMs = await services.contactListCampaigns.confirm(access, campaignOf(input.ticket_number));
  return { sending_date: renderParisOffsetTime(dueAtMs) };
}
