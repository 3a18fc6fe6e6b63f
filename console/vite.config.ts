// How Vite builds the console. Used by scripts/build-console.ts. Never inlines an asset or a script: the policy of the
// page (Content-Security-Policy) allows files of its own origin only.
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { contract } from '../src/dialects/console/contract.ts';

/** Method and path of each call. The browser imports only types of the contract, so that no schema is shipped. */
const calls = Object.fromEntries(
  Object.entries(contract).map(([name, { method, path }]) => [name, `${method} ${path}`]),
);

export function consoleConfig(outDir: string): InlineConfig {
  return {
    configFile: false,
    root: import.meta.dirname,
    base: '/console/',
    logLevel: 'warn',
    plugins: [react()],
    define: { __CALLS__: JSON.stringify(calls) },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2023',
      chunkSizeWarningLimit: 900,
    },
  };
}
