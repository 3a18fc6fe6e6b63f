// The words for a cause: by its whole code, else by its kind. Used by the page of a message, lists and Home.
import type { CauseWords } from '../words/en/causes.ts';
import { useWords } from '../words/words.ts';

export interface Cause {
  readonly code: string;
  readonly text: string | null;
}

export function useCauses(): (cause: Cause) => CauseWords {
  const { causes } = useWords();
  return ({ code }) =>
    causes.list[code] ??
    causes.list[`${code.split(':')[0]}:`] ??
    causes.list[code.split(':')[0]!] ??
    causes.unknown;
}
