// The package undici, loaded at its first use: it costs 200 ms of processor time, and a command that reads or changes rows sends
// no HTTP request. Used by the HTTP clients of this folder only.

import { createRequire } from 'node:module';
import type * as Package from 'undici';

const require = createRequire(import.meta.url);

let loaded: typeof Package | undefined;

export function undici(): typeof Package {
  loaded ??= require('undici') as typeof Package;
  return loaded;
}
