// English words of the other pages. Used by words.ts as one chunk, loaded with the first of these pages.
import { approvals } from './en/approvals.ts';
import { audience } from './en/audience.ts';
import { campaigns } from './en/campaigns.ts';
import { carriers } from './en/carriers.ts';
import { compose } from './en/compose.ts';
import { counter } from './en/counter.ts';
import { credit } from './en/credit.ts';
import { developers } from './en/developers.ts';
import { inbox } from './en/inbox.ts';
import { me } from './en/me.ts';
import { messages } from './en/messages.ts';
import { operator } from './en/operator.ts';
import { operatorAccounts } from './en/operator-accounts.ts';
import { operatorDecisions } from './en/operator-decisions.ts';
import { phone } from './en/phone.ts';
import { settings } from './en/settings.ts';

export const enRest = {
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
