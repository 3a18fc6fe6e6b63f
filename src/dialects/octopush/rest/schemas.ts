// Parts of schemas that several endpoints share. Serves the endpoints, and through them the OpenAPI document.

import { Type } from 'typebox';

export const nothing = Type.Object({});

export const optionalText = (description: string, maxLength?: number) =>
  Type.Optional(Type.String({ description, ...(maxLength === undefined ? {} : { maxLength }) }));

export const flag = (description: string, isOn = false) =>
  Type.Optional(Type.Boolean({ description, default: isOn }));

export const ticketNumber = Type.Object({
  ticket_number: Type.String({ description: 'The ticket of the campaign, as its creation answered it.' }),
});

export const listName = (description: string) => Type.String({ description, maxLength: 30 });
export const tagName = (description: string) => Type.String({ description, maxLength: 20 });

/** Null and an empty text are values of it, not its absence: they clear what is stored. */
const merge = (description: string) => Type.Optional(Type.String({ description, 'x-clears': true }));

/** A contact, of a campaign or of the address book. */
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

/** What every campaign may say, whoever its recipients are. */
export const campaignMembers = {
  text: Type.String({ description: 'At most 8 segments: 1224 characters of the GSM alphabet.' }),
  type: Type.Optional(
    Type.String({ description: 'sms_premium, sms_low_cost or sms_world.', default: 'sms_premium' }),
  ),
  sms_type: optionalText('Another name of type.'),
  sender: optionalText('3 to 11 letters, digits or blanks, or a telephone number.'),
  send_at: optionalText('ISO 8601; without an offset the time of Paris. Absent: now.'),
  purpose: optionalText('alert (at any hour, no STOP mention) or wholesale.'),
  with_replies: flag('Sent from a number that can be answered.'),
  with_answers: Type.Optional(Type.Boolean({ description: 'The old name of with_replies.' })),
  simulation_mode: flag('Judged and priced, not sent.'),
  request_id: optionalText('A second use within 24 hours is refused.'),
  auto_optimize_text: flag('What the GSM alphabet lacks is replaced.', true),
  auto_remove_blacklisted_numbers: flag('Numbers that said STOP are left out of an alert too. Free here.'),
  recipient_tracking: Type.Optional(Type.Boolean({ description: 'Accepted and not used.' })),
};

export const euros = (description: string) => Type.Number({ description });

export const sentCampaign = Type.Object({
  sms_ticket: Type.String(),
  number_of_contacts: Type.Integer(),
  number_of_sms_needed: Type.Integer(),
  residual_credit: euros('What can be spent afterwards, in euros.'),
  total_cost: euros('In euros.'),
  number_of_duplicates: Type.Optional(
    Type.Integer({ description: 'Recipients left out because their number was there before.' }),
  ),
});

export const failure = Type.Object({
  code: Type.Integer({ description: 'See the reference of refusals.' }),
  message: Type.String(),
});

/** The callbacks of an account or of a sub-account, under their new and old names. */
export const callbackMembers = {
  callback_url_for_inbounds: optionalText('Where replies are pushed.'),
  callback_url_for_deliveries: optionalText('Where receipts are pushed.'),
  callback_url_for_sms_deliveries: optionalText('The old name of callback_url_for_deliveries.'),
  callback_url_for_vocal_sms_deliveries: optionalText('Accepted and not used.'),
  callback_url_for_visits: optionalText('Kept; links are not tracked.'),
  callback_url_for_blacklisted_numbers: optionalText('Where opt-outs are pushed.'),
  email_for_inbounds: optionalText('Replies are forwarded here as well.', 254),
  payload_type: Type.Optional(Type.Enum(['json', 'html'], { description: 'html: pushes are forms.' })),
};
