// The settings as they were read, for the operator to see in the console. Never contains the value of a secret.
import { isDeepStrictEqual } from 'node:util';
import type { Setting } from './setting.ts';
import { type Config, settings } from './settings.ts';

interface ShownSetting {
  readonly name: string;
  /** Null: a secret that is set. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly meaning: string;
}

export function shownSettings(config: Config): ShownSetting[] {
  return Object.entries<Setting<unknown>>(settings).map(([key, setting]) => {
    const { name, fallback, meaning, isSecret } = setting;
    const value = config[key as keyof Config];
    const isDefault = isDeepStrictEqual(value, defaultOf(setting));
    const text = isDefault ? fallback : isSecret ? null : textOf(value);
    return { name, value: text, isDefault, meaning };
  });
}

/** Undefined: a setting without a default. */
function defaultOf(setting: Setting<unknown>): unknown {
  try {
    return setting.read(undefined);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (value === null) return 'unset';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
