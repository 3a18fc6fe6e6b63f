// Answers the calls that send: ordinary campaigns, and campaigns in parts of shop plug-ins, which are estimated and then confirmed
// or deleted (docs/dialects/octopush.md#legacy-campaigns-in-parts). Used by routes.ts.

import { readFlag, readSeconds, readSubmission } from '#dialects/octopush/fields.ts';
import type { Fields } from '#dialects/shared/form-fields.ts';
import type { Tier } from '#domain/base/campaign.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Action } from './action.ts';
import { actionUnknown, draftNameInvalid } from './call-refusals.ts';
import { legacyErrorCode } from './errors.ts';
import {
  type AnswerForm,
  renderConfirmedXml,
  renderElements,
  renderError,
  renderMicros,
  renderPartXml,
  renderSentJson,
  renderSentXml,
} from './response.ts';

const longestName = 255;

export const send: Action = async ({ submissions, clock }, access, fields, form) => {
  const { settings } = access.account;
  const submission = readSubmission(fields, settings, clock.now());
  return inTier(submission.tier, form, async () => {
    const report = await submissions.submit(access, submission);
    return form === 'xml'
      ? renderSentXml(report, submission.tier)
      : renderSentJson(report, submission.tier, settings.legacyJsonAlwaysArray);
  });
};

/** The send of a plug-in: an ordinary send whose answer has the recipients as sent. */
export const sendOne: Action = async ({ submissions, clock }, access, fields, form) => {
  const { settings } = access.account;
  const submission = readSubmission(fields, settings, clock.now());
  return inTier(submission.tier, form, async () =>
    renderSentXml(await submissions.submit(access, submission), submission.tier, 'as-sent'),
  );
};

/** Stores a part of a campaign; the last part has `finished=1`. */
export const addPart: Action = async ({ campaignDrafts, clock }, access, fields, form) => {
  const name = readName(fields);
  const submission = readSubmission(fields, access.account.settings, clock.now());
  return inTier(submission.tier, form, async () => {
    const part = await campaignDrafts.addPart(access, name, submission, readFlag(fields, 'finished'));
    return renderPartXml(part, submission.tier);
  });
};

/** Reports (`status`), sends (`send`) or deletes (`delete`) a campaign in parts. */
export const decide: Action = async ({ campaignDrafts: drafts }, access, fields) => {
  const action = (fields.get('action') ?? '').trim().toLowerCase();
  switch (action) {
    case 'status':
      return renderElements([['cost', renderMicros(await drafts.estimate(access, readName(fields)), 3)]]);
    case 'send':
      return renderConfirmedXml(
        await drafts.send(access, readName(fields), readSeconds(fields, 'sending_time')),
      );
    case 'delete':
      await drafts.drop(access, readName(fields));
      return renderElements([]);
    default:
      throw actionUnknown();
  }
};

function readName(fields: Fields): string {
  const name = (fields.get('user_batch_id') ?? '').trim();
  if (name !== '' && name.length <= longestName) return name;
  throw draftNameInvalid(longestName);
}

/** Not in the error handler, because two codes depend on the tier. */
async function inTier(tier: Tier, form: AnswerForm, answer: () => Promise<string>): Promise<string> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return renderError(legacyErrorCode(error.refusal.reason, tier), form);
  }
}
