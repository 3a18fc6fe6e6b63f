// All served calls of the published description, by route name.
// Used by routes.ts, and by schema.ts for the description of what is served.

import { accountAnswers } from '#dialects/ovh/api/calls/account.ts';
import { batchAnswers } from '#dialects/ovh/api/calls/batches.ts';
import { blacklistAnswers } from '#dialects/ovh/api/calls/blacklists.ts';
import { cleaningAnswers } from '#dialects/ovh/api/calls/cleanings.ts';
import { customerAnswers } from '#dialects/ovh/api/calls/customer.ts';
import { documentAnswers } from '#dialects/ovh/api/calls/documents.ts';
import { estimateAnswers } from '#dialects/ovh/api/calls/estimates.ts';
import { exceptionAnswers } from '#dialects/ovh/api/calls/exceptions.ts';
import { exportAnswers } from '#dialects/ovh/api/calls/exports.ts';
import { hlrAnswers } from '#dialects/ovh/api/calls/hlr.ts';
import { incomingAnswers } from '#dialects/ovh/api/calls/incoming.ts';
import { jobAnswers } from '#dialects/ovh/api/calls/jobs.ts';
import { keyAnswers } from '#dialects/ovh/api/calls/keys.ts';
import { numberAnswers } from '#dialects/ovh/api/calls/numbers.ts';
import { optionAnswers } from '#dialects/ovh/api/calls/options.ts';
import { orderAnswers } from '#dialects/ovh/api/calls/orders.ts';
import { outgoingAnswers } from '#dialects/ovh/api/calls/outgoing.ts';
import { phonebookAnswers } from '#dialects/ovh/api/calls/phonebooks.ts';
import { openAnswers } from '#dialects/ovh/api/calls/public-calls.ts';
import { rateAnswers } from '#dialects/ovh/api/calls/rates.ts';
import { receiverAnswers } from '#dialects/ovh/api/calls/receivers.ts';
import { senderDocumentAnswers } from '#dialects/ovh/api/calls/sender-documents.ts';
import { senderAnswers } from '#dialects/ovh/api/calls/senders.ts';
import { serviceAnswers } from '#dialects/ovh/api/calls/services.ts';
import { templateAnswers } from '#dialects/ovh/api/calls/templates.ts';
import { transferAnswers } from '#dialects/ovh/api/calls/transfers.ts';
import { userAnswers } from '#dialects/ovh/api/calls/users.ts';
import type { Answers } from './call-context.ts';
import { contract, nameOf, type Route } from './contract.ts';

const servedAnswers: Answers = {
  ...openAnswers,
  ...keyAnswers,
  ...customerAnswers,
  ...accountAnswers,
  ...userAnswers,
  ...senderAnswers,
  ...senderDocumentAnswers,
  ...templateAnswers,
  ...numberAnswers,
  ...jobAnswers,
  ...batchAnswers,
  ...estimateAnswers,
  ...rateAnswers,
  ...orderAnswers,
  ...transferAnswers,
  ...documentAnswers,
  ...receiverAnswers,
  ...cleaningAnswers,
  ...phonebookAnswers,
  ...outgoingAnswers,
  ...incomingAnswers,
  ...hlrAnswers,
  ...exportAnswers,
  ...blacklistAnswers,
  ...exceptionAnswers,
  ...serviceAnswers,
};

/** All calls, also those of options that no account has. */
export const answers: Answers = { ...servedAnswers, ...optionAnswers };

function hasHandler(route: Route): boolean {
  return Object.hasOwn(servedAnswers, nameOf(route));
}

/** The routes of the description that are served. */
export const servedRoutes: readonly Route[] = contract.routes.filter(hasHandler);
