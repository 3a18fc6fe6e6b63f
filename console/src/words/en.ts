// All English words, by subject. Used by words.ts as one chunk; fr.ts has the same type.
import { audience } from './en/audience.ts';
import { campaigns } from './en/campaigns.ts';
import { carriers } from './en/carriers.ts';
import { causes } from './en/causes.ts';
import { charts } from './en/charts.ts';
import { common } from './en/common.ts';
import { compose } from './en/compose.ts';
import { counter } from './en/counter.ts';
import { credit } from './en/credit.ts';
import { developers } from './en/developers.ts';
import { errors } from './en/errors.ts';
import { home } from './en/home.ts';
import { inbox } from './en/inbox.ts';
import { me } from './en/me.ts';
import { messages } from './en/messages.ts';
import { operator } from './en/operator.ts';
import { operatorAccounts } from './en/operator-accounts.ts';
import { operatorDecisions } from './en/operator-decisions.ts';
import { phone } from './en/phone.ts';
import { settings } from './en/settings.ts';
import { signIn } from './en/sign-in.ts';
import { states } from './en/states.ts';

export const en = {
  audience,
  campaigns,
  carriers,
  causes,
  charts,
  common,
  compose,
  counter,
  credit,
  developers,
  errors,
  home,
  inbox,
  me,
  messages,
  operator,
  operatorAccounts,
  operatorDecisions,
  phone,
  settings,
  signIn,
  states,
};
