// Endpoints of one-time passwords (docs/dialects/octopush.md#rest-one-time-passwords). Used by routes.ts and openapi.ts. Unlike
// the answer to a send, these answers have a `code`: two clients read all values except 0 and "success" as a failure.

import { type Static, Type } from 'typebox';
import { renderParisTime } from '#dialects/shared/paris-time.ts';
import { submissionDefaults } from '#domain/base/submission.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { RestRefusal } from './errors.ts';
import { castSender } from './request.ts';
import { codeChannelNotServed } from './request-refusals.ts';
import { flag, optionalText } from './schemas.ts';

const group = 'One-time passwords';

const generation = Type.Object({
  phone_number: Type.String({ description: 'The recipient of the code.' }),
  channel: optionalText('sms or text_sms; no other channel is served.'),
  text: optionalText('{code} is the place of the code, {hh:mm:ss} the expiry in Paris time.'),
  sender: optionalText('3 to 11 letters, digits or blanks.'),
  code_length: Type.Optional(Type.Integer({ minimum: 3, maximum: 32, default: 6 })),
  allow_digits: flag('The code may have digits.', true),
  allow_upper_case: flag('The code may have upper-case letters.'),
  allow_lower_case: flag('The code may have lower-case letters.'),
  allow_special_chars: flag('The code may have !#%&*+-=?@.'),
  remove_confusing_characters: flag('The code has none of 0 O o 1 I i l L.'),
  validity_period: Type.Optional(
    Type.Integer({ description: 'Seconds.', minimum: 1, maximum: 86_400, default: 600 }),
  ),
  max_wrong_attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 3 })),
  recipient_ip: optionalText('If given, must be the same at the validation.'),
  voice_language: optionalText('Accepted and not used.'),
  voice_gender: optionalText('Accepted and not used.'),
});

const validation = Type.Object({
  code: Type.String({ description: 'The code as the person typed it.' }),
  otp_request_token: optionalText('The token of the request. Without it, phone_number is used.'),
  phone_number: optionalText('The telephone number; its latest code counts.'),
  recipient_ip: optionalText('The address of the person.'),
});

const success = { code: Type.Literal(0), message: Type.Literal('success') };

export const codeEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/service/otp/generate',
    group,
    summary: 'Sends a one-time password',
    input: generation,
    status: 200,
    output: Type.Object({ ...success, otp_request_token: Type.String() }),
    answer: generate,
  }),
  endpoint({
    method: 'PUT',
    path: '/service/otp/validate',
    group,
    summary: 'Validates a one-time password; each is valid once',
    input: validation,
    status: 200,
    output: Type.Object(success),
    answer: validate,
  }),
];

async function generate({ services, access, input }: Call<Static<typeof generation>>) {
  const channel = (input.channel ?? '').trim().toLowerCase();
  if (channel !== '' && channel !== 'sms' && channel !== 'text_sms') throw codeChannelNotServed();
  const number = input.phone_number.trim();
  if (number === '') throw new RestRefusal('code-key-missing');
  const { premiumSender } = access.account.settings.campaign;
  const token = await services.oneTimeCodes.send(access, {
    alphabet: {
      digits: input.allow_digits ?? true,
      upperCase: input.allow_upper_case ?? false,
      lowerCase: input.allow_lower_case ?? false,
      specialChars: input.allow_special_chars ?? false,
      withoutConfusing: input.remove_confusing_characters ?? false,
    },
    length: input.code_length!,
    validityMs: input.validity_period! * 1000,
    maxWrongAttempts: input.max_wrong_attempts!,
    recipientIp: (input.recipient_ip ?? '').trim() || null,
    text: input.text ?? '',
    renderTime: (atMs) => renderParisTime(atMs).slice(11),
    message: {
      ...submissionDefaults,
      dialect: 'octopush-rest',
      recipients: [{ number }],
      sender: castSender(input.sender ?? '') ?? premiumSender,
      purpose: 'transactional',
      stopClause: 'none',
    },
  });
  return { code: 0, message: 'success', otp_request_token: token };
}

async function validate({ services, access, input, members }: Call<Static<typeof validation>>) {
  const token = (input.otp_request_token ?? '').trim();
  const number = (input.phone_number ?? '').trim();
  if (token === '' && number === '') throw new RestRefusal('code-key-missing');
  const code = input.code.trim();
  if (code === '') throw new RestRefusal('code-missing');
  const recipientIp = (input.recipient_ip ?? '').trim() || null;
  const verdict = await services.oneTimeCodes.check(access, {
    code,
    isNumber: typeof members['code'] === 'number',
    token,
    number,
    recipientIp,
  });
  switch (verdict.kind) {
    case 'right':
      return { code: 0, message: 'success' };
    case 'wrong':
      throw new RestRefusal('code-wrong', { remaining_number_of_attempts: verdict.attemptsLeft });
    case 'too-many-attempts':
      throw new RestRefusal('code-too-many-attempts', { remaining_number_of_attempts: 0 });
    case 'expired':
      throw new RestRefusal('code-expired');
    case 'unknown':
      throw new RestRefusal('code-unknown');
  }
}
