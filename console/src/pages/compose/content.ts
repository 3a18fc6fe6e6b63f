// The content of a draft and the answers about it, by their types in the contract. Used by every file of this folder. Never
// imports anything of the browser: tests compare its rules with the server's.
import type { Answer, Body } from '../../../../src/dialects/console/contract.ts';

export type Content = Body<'compose.create'>['content'];
export type DraftFile = NonNullable<Content['file']>;
export type ColumnUse = DraftFile['columns'][number];
export type Options = Answer<'compose.options'>;
export type Check = Answer<'compose.check'>;
export type Estimate = Answer<'compose.estimate'>;

export const emptyContent: Content = {
  name: null,
  sender: null,
  purpose: 'marketing',
  tier: 'premium',
  withReplies: false,
  typed: '',
  groups: [],
  file: null,
  skipsRefused: false,
  text: '',
  sendAt: null,
  validityMinutes: null,
  tag: null,
};
