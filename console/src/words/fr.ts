// Tous les mots français, par sujet, du même type que en.ts.
import type { en } from './en.ts';
import { campaigns } from './fr/campaigns.ts';
import { carriers } from './fr/carriers.ts';
import { causes } from './fr/causes.ts';
import { charts } from './fr/charts.ts';
import { common } from './fr/common.ts';
import { counter } from './fr/counter.ts';
import { errors } from './fr/errors.ts';
import { home } from './fr/home.ts';
import { me } from './fr/me.ts';
import { messages } from './fr/messages.ts';
import { operatorAccounts } from './fr/operator-accounts.ts';
import { operatorDecisions } from './fr/operator-decisions.ts';
import { settings } from './fr/settings.ts';
import { signIn } from './fr/sign-in.ts';
import { states } from './fr/states.ts';

export const fr: typeof en = {
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
