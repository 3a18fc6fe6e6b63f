// The contract of the console: each call with its method, path, schemas and permission. The server registers its routes from
// this object; the browser imports types only (`CallName`, `Parameters`, `Body`, `Answer`). Each subject has a file in contract/.
//
// Errors of all calls are ConsoleError (contract/errors.ts). An account of a path that the person may not see answers 404, as an unknown one.

import type { Static, TSchema } from 'typebox';
import { accountCalls } from './contract/account.ts';
import { audienceCalls } from './contract/audience.ts';
import { campaignCalls } from './contract/campaigns.ts';
import { composeCalls } from './contract/compose.ts';
import { creditCalls } from './contract/credit.ts';
import { developerCalls } from './contract/developers.ts';
import { homeCalls } from './contract/home.ts';
import { inboxCalls } from './contract/inbox.ts';
import { messageCalls } from './contract/messages.ts';
import { operatorCalls } from './contract/operator.ts';
import { phoneCalls } from './contract/phone.ts';
import { meCalls, sessionCalls } from './contract/session.ts';
import { settingsCalls } from './contract/settings.ts';

export const contract = {
  ...sessionCalls,
  ...meCalls,
  ...homeCalls,
  ...messageCalls,
  ...phoneCalls,
  ...developerCalls,
  ...audienceCalls,
  ...inboxCalls,
  ...creditCalls,
  ...accountCalls,
  ...campaignCalls,
  ...settingsCalls,
  ...operatorCalls,
  ...composeCalls,
};

export type ConsoleContract = typeof contract;

export type CallName = keyof ConsoleContract;

type Part<C extends CallName, Name extends string> = ConsoleContract[C] extends {
  readonly [K in Name]: infer Schema extends TSchema;
}
  ? Static<Schema>
  : undefined;

/** Parameters of the path and the query; undefined: the call has none. */
export type Parameters<C extends CallName> = Part<C, 'parameters'>;
/** Undefined: the call has no body. */
export type Body<C extends CallName> = Part<C, 'body'>;
export type Answer<C extends CallName> = Part<C, 'answer'>;
