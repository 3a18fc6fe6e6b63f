// Endpoints of campaigns with the recipients in the request (send, cancel), and of the current draft
// (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags). Used by routes.ts and openapi.ts.

import { type Static, Type } from 'typebox';
import { castText, castTo, isObject, type Members } from './cast.ts';
import { campaignOf, confirm } from './contact-list-campaigns.ts';
import { writtenContact } from './contacts.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { RestRefusal } from './errors.ts';
import { readSubmission } from './request.ts';
import { channelNotServed } from './request-refusals.ts';
import { euros, renderSent } from './response.ts';
import { campaignMembers, contact, listName, optionalText, sentCampaign, ticketNumber } from './schemas.ts';
import { restTicket } from './ticket.ts';

const group = 'Campaigns';

const joining = Type.Object({
  list_name: Type.Optional(listName('The recipients are kept as contacts of this list.')),
});

export const sendInput = Type.Object({
  recipients: Type.Array(contact, { description: 'At most 10000.' }),
  ...campaignMembers,
  ...joining.properties,
});

const draft = Type.Object({
  ticket_number: Type.String(),
  number_of_contacts: Type.Integer(),
  number_of_sms_needed: Type.Integer(),
  residual_credit: Type.Number(),
  total_cost: Type.Number(),
  status: Type.Literal('validated'),
  message: Type.String(),
  code: Type.Literal(0),
});

const multiChannelInput = Type.Object({
  channel: optionalText('sms, which is also the default; no other channel is served.'),
  metadata: Type.Optional(Type.Object({}, { description: 'Members of the send may stand here as well.' })),
  ...sendInput.properties,
});

export const campaignEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/sms-campaign/send',
    group,
    summary: 'Sends one text to some recipients',
    input: sendInput,
    // Quirk: clients disagree whether 201 or 200 is success; 201 is documented
    // (docs/dialects/octopush.md#rest-how-it-answers).
    status: 201,
    statusFor: (account, members) => (isConfirmation(members) ? 200 : account.settings.restSendStatus),
    readsMembers: true,
    output: sentCampaign,
    answer: send,
  }),
  endpoint({
    method: 'POST',
    path: '/multi-channel/send',
    group,
    summary: 'Sends one text to some recipients by the channel sms',
    input: multiChannelInput,
    status: 201,
    statusFor: (account) => account.settings.restSendStatus,
    readsMembers: true,
    output: sentCampaign,
    answer: sendByChannel,
  }),
  endpoint({
    method: 'DELETE',
    path: '/multi-channel/cancel',
    group,
    summary: 'The same as sms-campaign/cancel',
    input: ticketNumber,
    status: 204,
    output: null,
    answer: cancel,
  }),
  endpoint({
    method: 'DELETE',
    path: '/sms-campaign/cancel',
    group,
    summary: 'Cancels a campaign of one or two recipients until 10 minutes before its date',
    input: ticketNumber,
    status: 204,
    output: null,
    answer: cancel,
  }),
  endpoint({
    method: 'GET',
    path: '/sms-campaign/draft',
    group,
    summary: 'The latest campaign on a list or tag that waits for its confirmation',
    input: Type.Object({}),
    status: 200,
    output: draft,
    answer: readDraft,
  }),
];

async function send(call: Call<unknown>): Promise<unknown> {
  const { services, access, members } = call;
  if (isConfirmation(members)) return confirm({ ...call, input: castTo(ticketNumber, members) });
  const submission = readSubmission(members, access.account.settings);
  const list = castTo(joining, members).list_name?.trim() ?? '';
  if (list === '') return renderSent(await services.submissions.submit(access, submission));
  // Before the send: a client that gets a failure here retries, and no message has left.
  if (!submission.dryRun) await keepRecipients(call, members, list);
  const origin = { listName: list, wholeId: null };
  return renderSent(await services.submissions.submit(access, { ...submission, origin }));
}

/** Members in `metadata` are members of the send; those outside take precedence. */
function sendByChannel(call: Call<Static<typeof multiChannelInput>>): Promise<unknown> {
  const { channel, metadata, ...members } = call.members;
  const word = castText(channel).trim().toLowerCase();
  if (!['', 'sms', 'text_sms'].includes(word)) throw channelNotServed();
  return send({ ...call, members: { ...(isObject(metadata) ? metadata : {}), ...members } });
}

/** Quirk: the vendor's own sample for confirming a campaign on a list posts its ticket here (5.1). */
function isConfirmation(members: Members): boolean {
  return (
    members['ticket_number'] !== undefined &&
    members['text'] === undefined &&
    members['recipients'] === undefined
  );
}

async function keepRecipients(
  { services, access }: Call<unknown>,
  members: Members,
  listName: string,
): Promise<void> {
  const { recipients } = castTo(sendInput, members);
  await services.contacts.keep(access, {
    contacts: recipients.map(writtenContact),
    join: [{ kind: 'list', name: listName }],
    leave: [],
    overwrites: true,
    skipsOptedOut: false,
  });
}

async function cancel({ services, access, input }: Call<Static<typeof ticketNumber>>): Promise<void> {
  switch (await services.campaigns.cancel(access, campaignOf(input.ticket_number))) {
    case 'cancelled':
      return;
    case 'too-late':
      throw new RestRefusal('cancel-too-late');
    case 'too-many-recipients':
      throw new RestRefusal('cancel-too-many-recipients');
    case 'too-often':
      throw new RestRefusal('cancel-too-often');
    case 'unknown':
      throw new RestRefusal('campaign-unknown');
  }
}

async function readDraft({ services, access }: Call<unknown>) {
  const campaign = await services.contactListCampaigns.readDraft(access);
  if (campaign === null) throw new RestRefusal('no-draft');
  const { availableMicros } = await services.credit.read(access);
  return {
    ticket_number: restTicket(campaign.id),
    number_of_contacts: campaign.contacts,
    number_of_sms_needed: campaign.segments,
    residual_credit: euros(availableMicros),
    total_cost: euros(campaign.costMicros),
    status: 'validated',
    message: '',
    code: 0,
  };
}
