// Tous les mots français, par sujet, du même type que en.ts.
import type { en } from './en.ts';
import { audience } from './fr/audience.ts';
import { campaigns } from './fr/campaigns.ts';
import { carriers } from './fr/carriers.ts';
import { causes } from './fr/causes.ts';
import { charts } from './fr/charts.ts';
import { common } from './fr/common.ts';
import { compose } from './fr/compose.ts';
import { counter } from './fr/counter.ts';
import { credit } from './fr/credit.ts';
import { developers } from './fr/developers.ts';
import { errors } from './fr/errors.ts';
import { home } from './fr/home.ts';
import { inbox } from './fr/inbox.ts';
import { me } from './fr/me.ts';
import { messages } from './fr/messages.ts';
import { operator } from './fr/operator.ts';
import { operatorAccounts } from './fr/operator-accounts.ts';
import { operatorDecisions } from './fr/operator-decisions.ts';
import { phone } from './fr/phone.ts';
import { settings } from './fr/settings.ts';
import { signIn } from './fr/sign-in.ts';
import { states } from './fr/states.ts';

export const fr: typeof en = {
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
