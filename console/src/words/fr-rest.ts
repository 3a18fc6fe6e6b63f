// French words of the other pages. Used by words.ts as one chunk, loaded with the first of these pages.
import { approvals } from './fr/approvals.ts';
import { audience } from './fr/audience.ts';
import { campaigns } from './fr/campaigns.ts';
import { carriers } from './fr/carriers.ts';
import { compose } from './fr/compose.ts';
import { counter } from './fr/counter.ts';
import { credit } from './fr/credit.ts';
import { developers } from './fr/developers.ts';
import { inbox } from './fr/inbox.ts';
import { me } from './fr/me.ts';
import { messages } from './fr/messages.ts';
import { operator } from './fr/operator.ts';
import { operatorAccounts } from './fr/operator-accounts.ts';
import { operatorDecisions } from './fr/operator-decisions.ts';
import { phone } from './fr/phone.ts';
import { settings } from './fr/settings.ts';

export const frRest = {
  approvals,
  audience,
  campaigns,
  carriers,
  compose,
  counter,
  credit,
  developers,
  inbox,
  me,
  messages,
  operator,
  operatorAccounts,
  operatorDecisions,
  phone,
  settings,
};
