// The words of the interface in the language of the person. Used by every part and page through `useWords`. One language is
// loaded at a time; French has every word of English by its type.
import { createContext, useContext } from 'react';
import type { en } from './en.ts';
import { type Language, setFormat } from './format.ts';

export type Words = typeof en;

export async function loadWords(language: Language): Promise<Words> {
  const words = language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
  setFormat({ language });
  document.documentElement.lang = language;
  return words;
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
