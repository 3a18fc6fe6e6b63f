// English words of signing in, the shell and Home, which every visit needs. Used by words.ts as one chunk;
// fr.ts has the same type.
import { causes } from './en/causes.ts';
import { charts } from './en/charts.ts';
import { common } from './en/common.ts';
import { errors } from './en/errors.ts';
import { home } from './en/home.ts';
import { signIn } from './en/sign-in.ts';
import { states } from './en/states.ts';

export const en = {
  causes,
  charts,
  common,
  errors,
  home,
  signIn,
  states,
};
