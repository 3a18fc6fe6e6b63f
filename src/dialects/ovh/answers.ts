// Everything that is served of the published description, by the name of its route.
import type { Answers } from './call.ts';
import { accountAnswers } from './calls/account.ts';
import { jobAnswers } from './calls/jobs.ts';
import { documentAnswers } from './calls/documents.ts';
import { openAnswers } from './calls/open.ts';
import { userAnswers } from './calls/users.ts';
import { orderAnswers } from './calls/orders.ts';
import { contract, nameOf, type Route } from './contract.ts';

export const answers: Answers = {
  ...openAnswers,
  ...accountAnswers,
  ...userAnswers,
  ...jobAnswers,
  ...orderAnswers,
  ...documentAnswers,
};

export function isServed(route: Route): boolean {
  return Object.hasOwn(answers, nameOf(route));
}

/** The routes of the description that are served. */
export const servedRoutes: readonly Route[] = contract.routes.filter(isServed);
