// The table of all settings, by subject. Used by the configuration, the flags of commands, the page
// docs/operating/settings.md and .env.example.
import { deliverySettings } from './delivering.ts';
import { documentSettings } from './documents.ts';
import { installationSettings } from './installation.ts';
import { listenerSettings } from './listening.ts';
import { moneySettings } from './money.ts';
import { sendingSettings } from './sending.ts';
import type { Setting } from './setting.ts';

export const settings = {
  ...installationSettings,
  ...listenerSettings,
  ...sendingSettings,
  ...deliverySettings,
  ...documentSettings,
  ...moneySettings,
} satisfies Record<string, Setting<unknown>>;

type Settings = typeof settings;
export type Config = { readonly [Name in keyof Settings]: ReturnType<Settings[Name]['read']> };

/** The command-line flag of a setting: CHAPPE_HTTP_PORT is --http-port. */
export function flagOf(name: string): string {
  return name
    .replace(/^CHAPPE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
