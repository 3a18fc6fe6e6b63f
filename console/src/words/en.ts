// All English words, by subject. Used by words.ts as one chunk; fr.ts has the same type.

import { campaigns } from './en/campaigns.ts';
import { carriers } from './en/carriers.ts';
import { causes } from './en/causes.ts';
import { charts } from './en/charts.ts';
import { common } from './en/common.ts';
import { counter } from './en/counter.ts';
import { errors } from './en/errors.ts';
import { home } from './en/home.ts';
import { me } from './en/me.ts';
import { messages } from './en/messages.ts';
import { operatorAccounts } from './en/operator-accounts.ts';
import { operatorDecisions } from './en/operator-decisions.ts';
import { settings } from './en/settings.ts';
import { signIn } from './en/sign-in.ts';
import { states } from './en/states.ts';

export const en = {
  carriers,
  campaigns,
  causes,
  charts,
  common,
  counter,
  errors,
  home,
  me,
  messages,
  settings,
  operatorAccounts,
  operatorDecisions,
  signIn,
  states,
};
