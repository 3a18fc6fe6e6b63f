// Everything that is served of the published description, by the name of its route.
import type { Answers } from './call.ts';
import { accountAnswers } from './calls/account.ts';
import { openAnswers } from './calls/open.ts';
import { contract, nameOf, type Route } from './contract.ts';

export const answers: Answers = {
  ...openAnswers,
  ...accountAnswers,
};

export function isServed(route: Route): boolean {
  return Object.hasOwn(answers, nameOf(route));
}

/** The routes of the description that are served. */
export const servedRoutes: readonly Route[] = contract.routes.filter(isServed);
