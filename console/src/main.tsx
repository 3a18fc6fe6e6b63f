// Starts the console in the browser: words, theme with the nonce of the page, queries, stream, router. Never loads anything
// from another origin.
import './mantine.css';
import './tokens.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useCallback, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { call, queries } from './api.ts';
import { setStyleNonce, styleNonce } from './nonce.ts';
import { SessionEnded } from './parts/SessionEnded.tsx';
import { router } from './router.tsx';
import { adoptSession, type Session, sessionQuery } from './session.tsx';
import { startStream } from './stream.ts';
import { colorSchemes, theme, variables } from './theme.ts';
import type { Language } from './words/format.ts';
import {
  loadFirstWords,
  loadWords,
  rememberedLanguage,
  rememberLanguage,
  type Words,
  WordsContext,
} from './words/words.ts';

function Application({ first, firstLanguage }: { readonly first: Words; readonly firstLanguage: Language }) {
  const [words, setWords] = useState(first);
  const [language, setShown] = useState(firstLanguage);
  const show = useCallback(async (next: Language) => {
    setWords(await loadWords(next));
    setShown(next);
    rememberLanguage(next);
  }, []);
  const state = useMemo(
    () => ({
      words,
      language,
      setLanguage: (next: Language) => {
        void show(next);
        // Kept with the member, so that another browser and mails use it too.
        const session = queries.getQueryData<Session>(sessionQuery.queryKey);
        if (session?.state === 'signed-in')
          void call('me.update', { body: { language: next } }).catch(() => {});
      },
    }),
    [words, language, show],
  );
  // The language of the member replaces that of the browser, once the session is read.
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query, type }) => {
        if (type !== 'updated' || query.queryKey[0] !== 'session.read') return;
        const session = query.state.data as Session | undefined;
        if (session) adoptSession(session);
        const chosen = session?.member?.language;
        if (chosen && chosen !== rememberedLanguage()) void show(chosen);
      }),
    [show],
  );
  return (
    <WordsContext value={state}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={colorSchemes}
        defaultColorScheme="auto"
        getStyleNonce={() => styleNonce}
      >
        <Notifications position="bottom-right" autoClose={8000} limit={3} />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <SessionEnded />
        </QueryClientProvider>
      </MantineProvider>
    </WordsContext>
  );
}

// A page chunk of a former version is gone: the new version has others.
window.addEventListener('vite:preloadError', () => {
  const key = 'chappe-reloaded';
  if (sessionStorage.getItem(key) === '1') return;
  sessionStorage.setItem(key, '1');
  window.location.reload();
});

setStyleNonce();
startStream();
const language = rememberedLanguage();
const words = await loadFirstWords(language);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Application first={words} firstLanguage={language} />
  </StrictMode>,
);
