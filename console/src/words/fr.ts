// French words of signing in, the shell and Home, which every visit needs. Used by words.ts as one chunk.
import { causes } from './fr/causes.ts';
import { charts } from './fr/charts.ts';
import { common } from './fr/common.ts';
import { errors } from './fr/errors.ts';
import { home } from './fr/home.ts';
import { signIn } from './fr/sign-in.ts';
import { states } from './fr/states.ts';

export const fr = {
  causes,
  charts,
  common,
  errors,
  home,
  signIn,
  states,
};
