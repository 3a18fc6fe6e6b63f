// Everything that is served of the published description, by the name of its route.
import type { Answers } from './call.ts';
import { accountAnswers } from './calls/account.ts';
import { batchAnswers } from './calls/batches.ts';
import { blacklistAnswers } from './calls/blacklists.ts';
import { cleaningAnswers } from './calls/cleanings.ts';
import { customerAnswers } from './calls/customer.ts';
import { documentAnswers } from './calls/documents.ts';
import { estimateAnswers } from './calls/estimates.ts';
import { exportAnswers } from './calls/exports.ts';
import { hlrAnswers } from './calls/hlr.ts';
import { incomingAnswers } from './calls/incoming.ts';
import { jobAnswers } from './calls/jobs.ts';
import { keyAnswers } from './calls/keys.ts';
import { numberAnswers } from './calls/numbers.ts';
import { openAnswers } from './calls/open.ts';
import { orderAnswers } from './calls/orders.ts';
import { outgoingAnswers } from './calls/outgoing.ts';
import { phonebookAnswers } from './calls/phonebooks.ts';
import { rateAnswers } from './calls/rates.ts';
import { receiverAnswers } from './calls/receivers.ts';
import { senderDocumentAnswers } from './calls/sender-documents.ts';
import { senderAnswers } from './calls/senders.ts';
import { templateAnswers } from './calls/templates.ts';
import { transferAnswers } from './calls/transfers.ts';
import { userAnswers } from './calls/users.ts';
import { contract, nameOf, type Route } from './contract.ts';

export const answers: Answers = {
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
};

export function isServed(route: Route): boolean {
  return Object.hasOwn(answers, nameOf(route));
}

/** The routes of the description that are served. */
export const servedRoutes: readonly Route[] = contract.routes.filter(isServed);
