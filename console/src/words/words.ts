// The words of the interface in the language of the person. Used by every part and page through `useWords`. One language is
// loaded at a time; French has every word of English by its type. Pages besides signing in and Home wait for `allWords`.
import { createContext, useContext } from 'react';
import type { en } from './en.ts';
import type { enRest } from './en-rest.ts';
import { type Language, setFormat } from './format.ts';

export type Words = typeof en & typeof enRest;

const loaders: Readonly<
  Record<Language, { first: () => Promise<typeof en>; rest: () => Promise<typeof enRest> }>
> = {
  en: {
    first: async () => (await import('./en.ts')).en,
    rest: async () => (await import('./en-rest.ts')).enRest,
  },
  fr: {
    first: async () => (await import('./fr.ts')).fr,
    rest: async () => (await import('./fr-rest.ts')).frRest,
  },
};

/** The words that are shown. The object is completed when the first page needs the rest. */
let shown: { readonly words: Words; readonly language: Language; rest: Promise<void> | null } | null = null;

/** The words of signing in, the shell and Home. */
export async function loadFirstWords(language: Language): Promise<Words> {
  const words = { ...(await loaders[language].first()) } as Words;
  shown = { words, language, rest: null };
  setFormat({ language });
  document.documentElement.lang = language;
  return words;
}

/** All words: a page that is open can need them. */
export async function loadWords(language: Language): Promise<Words> {
  const rest = await loaders[language].rest();
  const words = Object.assign(await loadFirstWords(language), rest);
  shown!.rest = Promise.resolve();
  return words;
}

/** Resolves when `useWords` has every subject. A failure is tried again by the next call. */
export function allWords(): Promise<void> {
  const current = shown!;
  current.rest ??= loaders[current.language].rest().then(
    (rest) => void Object.assign(current.words, rest),
    (error: unknown) => {
      current.rest = null;
      throw error;
    },
  );
  return current.rest;
}

const storageKey = 'chappe-language';

/** The language that this browser used last, else the browser's own. The session's language replaces it. */
export function rememberedLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(storageKey);
  } catch {}
  if (stored === 'en' || stored === 'fr') return stored;
  return navigator.language.startsWith('fr') ? 'fr' : 'en';
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {}
}

export interface WordsState {
  readonly words: Words;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

export const WordsContext = createContext<WordsState | null>(null);

export function useLanguage(): WordsState {
  const state = useContext(WordsContext);
  if (state === null) throw new Error('useWords outside of the application');
  return state;
}

export const useWords = (): Words => useLanguage().words;
