// Parts of schemas that several endpoints share. Used by the endpoints, and so published by openapi.ts.

import { Type } from 'typebox';

export const nothing = Type.Object({});

export const optionalText = (description: string, maxLength?: number) =>
  Type.Optional(Type.String({ description, ...(maxLength === undefined ? {} : { maxLength }) }));

export const flag = (description: string, isOn = false) =>
  Type.Optional(Type.Boolean({ description, default: isOn }));

export const ticketNumber = Type.Object({
  ticket_number: Type.String({ description: 'The ticket of the campaign from the answer to its creation.' }),
});

export const listName = (description: string) => Type.String({ description, maxLength: 30 });
export const tagName = (description: string) => Type.String({ description, maxLength: 20 });

/** Null and an empty text are values that clear the stored one. */
const merge = (description: string) => Type.Optional(Type.String({ description, 'x-clears': true }));

/** A contact of a campaign or of the account. */
export const contact = Type.Object({
  phone_number: Type.String({ description: 'With its country code, as in +33612345678.' }),
  first_name: merge('For {first_name}; at most 50 characters.'),
  last_name: merge('For {last_name}.'),
  param1: merge('For {param1}; likewise to param5.'),
  param2: merge('For {param2}.'),
  param3: merge('For {param3}.'),
  param4: merge('For {param4}.'),
  param5: merge('For {param5}.'),
});

/** Members of every campaign, with any kind of recipients. */
export const campaignMembers = {
  text: Type.String({ description: 'At most 8 segments: 1224 characters of the GSM alphabet.' }),
  type: Type.Optional(
    Type.String({ description: 'sms_premium, sms_low_cost or sms_world.', default: 'sms_premium' }),
  ),
  sms_type: optionalText('Another name of type.'),
  sender: optionalText('3 to 11 letters, digits or blanks, or a telephone number.'),
  send_at: optionalText('ISO 8601; without an offset Paris time. Absent: now.'),
  purpose: optionalText('alert (at any hour, no STOP mention) or wholesale.'),
  with_replies: flag('Sent from a number that accepts replies.'),
  with_answers: Type.Optional(Type.Boolean({ description: 'The old name of with_replies.' })),
  simulation_mode: flag('Checked and priced, not sent.'),
  request_id: optionalText('A second use within 24 hours is refused.'),
  auto_optimize_text: flag('Replaces characters that the GSM alphabet does not have.', true),
  auto_remove_blacklisted_numbers: flag('Excludes opted-out numbers from alerts too. Free of charge.'),
  recipient_tracking: Type.Optional(Type.Boolean({ description: 'Accepted and not used.' })),
};

export const euros = (description: string) => Type.Number({ description });

export const sentCampaign = Type.Object({
  sms_ticket: Type.String(),
  number_of_contacts: Type.Integer(),
  number_of_sms_needed: Type.Integer(),
  residual_credit: euros('The credit after the send, in euros.'),
  total_cost: euros('In euros.'),
  number_of_duplicates: Type.Optional(
    Type.Integer({ description: 'Recipients excluded because of a repeated number.' }),
  ),
});

export const failure = Type.Object({
  code: Type.Integer({ description: 'See the reference of refusals.' }),
  message: Type.String(),
});

/** The callbacks of an account or of a sub-account, under their new and old names. */
export const callbackMembers = {
  callback_url_for_inbounds: optionalText('The address for replies.'),
  callback_url_for_deliveries: optionalText('The address for receipts.'),
  callback_url_for_sms_deliveries: optionalText('The old name of callback_url_for_deliveries.'),
  callback_url_for_vocal_sms_deliveries: optionalText('Accepted and not used.'),
  callback_url_for_visits: optionalText('Stored and not used: links are not tracked.'),
  callback_url_for_blacklisted_numbers: optionalText('The address for opt-outs.'),
  email_for_inbounds: optionalText('The e-mail address for forwarded replies.', 254),
  payload_type: Type.Optional(Type.Enum(['json', 'html'], { description: 'html: pushes are forms.' })),
};
