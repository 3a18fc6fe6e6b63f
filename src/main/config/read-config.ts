// Reads the configuration from flags, the environment and the file .env. Used once by each command. Reports all mistakes
// together. The only file that reads the environment.
import { existsSync, readFileSync } from 'node:fs';
import { editDistance } from '#lib/text/edit-distance.ts';
import type { Setting } from './setting.ts';
import { type Config, flagOf, settings } from './settings.ts';

/** Its message lists all mistakes, one a line. */
export class ConfigError extends Error {}

/** `flags` (by flag name) precede the environment, which precedes the file `.env` of the working folder. */
export function readConfig(flags: Readonly<Record<string, string>> = {}): Config {
  const mistakes: string[] = [];
  if (existsSync('.env')) {
    mistakes.push(...envFileMistakes(readFileSync('.env', 'utf8')));
    process.loadEnvFile('.env');
  }
  mistakes.push(...unknownNames(Object.keys(process.env)));
  const config: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
    const value = flags[flagOf(setting.name)] ?? process.env[setting.name];
    try {
      config[key] = setting.read(value);
    } catch (error) {
      const shown = setting.isSecret ? '' : ` is "${value}", but`;
      mistakes.push(`${setting.name}${shown} must be ${(error as Error).message}`);
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return Object.freeze(config) as Config;
}

/** Names that are no settings: two of the launcher, one of commands, one of tests. */
const otherNames: ReadonlySet<string> = new Set([
  'CHAPPE_LAUNCHER',
  'CHAPPE_CONSOLE_BUILD',
  'CHAPPE_CARRIER_PASSWORD',
  'CHAPPE_TEST_SERVER',
]);

/** The mistakes in these names: a misspelled setting would have no effect. */
export function unknownNames(names: readonly string[]): string[] {
  const known = Object.values(settings).map(({ name }) => name);
  return names
    .filter((name) => name.startsWith('CHAPPE_') && !known.includes(name) && !otherNames.has(name))
    .map((name) => {
      const nearest = known
        .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
        .sort((a, b) => a.distance - b.distance)[0]!;
      const advice =
        nearest.distance <= 4 ? `did you mean ${nearest.candidate}?` : 'see chappe help settings';
      return `${name} is not a setting; ${advice}`;
    });
}

/** Read by `carrier add`, so that the password is not in the list of processes. */
export function carrierPasswordOfEnvironment(): string | undefined {
  return process.env['CHAPPE_CARRIER_PASSWORD'];
}

/** Lines that are neither NAME=value, nor a comment, nor within a quoted value of several lines. */
export function envFileMistakes(text: string): string[] {
  const mistakes: string[] = [];
  let openQuote: string | null = null;
  for (const [index, line] of text.split(/\r\n|\n/).entries()) {
    if (openQuote !== null) {
      if (line.includes(openQuote)) openQuote = null;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const [, value] = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*)$/.exec(line) ?? [];
    if (value === undefined) {
      // The line can be a secret, so it is not repeated.
      mistakes.push(`line ${index + 1} of .env is not of the form NAME=value`);
      continue;
    }
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined && value.indexOf(quote, 1) === -1) openQuote = quote;
  }
  return mistakes;
}
