// All English words, by subject. Used by words.ts as one chunk; fr.ts has the same type.
import { charts } from './en/charts.ts';
import { common } from './en/common.ts';
import { counter } from './en/counter.ts';
import { errors } from './en/errors.ts';
import { signIn } from './en/sign-in.ts';
import { states } from './en/states.ts';

export const en = { charts, common, counter, errors, signIn, states };
