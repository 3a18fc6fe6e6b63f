// Refusals of the legacy calls about accounts, transfers and campaigns in parts. Used by accounts.ts and campaigns.ts.
import { RefusedError } from '#domain/base/refusals.ts';

export function actionUnknown(): RefusedError {
  return new RefusedError('action-unknown', 'action must be status, send or delete.');
}

export function draftNameInvalid(maxLength: number): RefusedError {
  return new RefusedError(
    'draft-name-invalid',
    `Send the name of the campaign, of your choice, as user_batch_id: 1 to ${maxLength} characters.`,
  );
}

export function answerEmailInvalid(): RefusedError {
  return new RefusedError('option-invalid', 'answer_email is not an e-mail address.');
}

export function numberOfSmsInvalid(name: string): RefusedError {
  return new RefusedError('option-invalid', `${name} must be a whole number of SMS.`);
}

export function tierOptionUnknown(name: string): RefusedError {
  return new RefusedError('tier-unknown', `${name} must be FR or XXX.`);
}

export function tierNotSold(): RefusedError {
  return new RefusedError('tier-unknown', 'This type is not sold here. Use FR or XXX.');
}

export function transferNumberInvalid(): RefusedError {
  return new RefusedError('transfer-too-small', 'sms_number must be a whole number of SMS, at least 1.');
}
