// The shape of a setting and the functions that make settings of common types. Used by the subjects of this folder.
import { isIP } from 'node:net';

export interface Setting<T> {
  /** The environment variable. The command-line flag is derived from it (`flagOf`). */
  readonly name: string;
  /** The default in words, for the reference page. */
  readonly fallback: string;
  /** Names the unit, the effect and the value that disables it. */
  readonly meaning: string;
  /** The value is never printed. */
  readonly isSecret?: true;
  /** Undefined if the setting is absent. Throws an error that names the expected form. */
  read(text: string | undefined): T;
}

export function text(name: string, fallback: string, meaning: string): Setting<string> {
  return { name, fallback, meaning, read: (value) => value ?? fallback };
}

export function optionalText(name: string, fallback: string, meaning: string): Setting<string | null> {
  return { name, fallback, meaning, read: (value) => (value === undefined || value === '' ? null : value) };
}

export function wholeNumber(
  name: string,
  fallback: number,
  [min, max]: readonly [min: number, max: number],
  meaning: string,
): Setting<number> {
  return {
    name,
    fallback: String(fallback),
    meaning,
    read(value) {
      if (value === undefined || value === '') return fallback;
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max)
        throw new Error(`a whole number from ${min} to ${max}`);
      return number;
    },
  };
}

export function oneOf<T extends string>(
  name: string,
  values: readonly T[],
  fallback: T,
  meaning: string,
): Setting<T> {
  return {
    name,
    fallback,
    meaning,
    read(value) {
      if (value === undefined || value === '') return fallback;
      if (!(values as readonly string[]).includes(value)) throw new Error(`one of ${values.join(', ')}`);
      return value as T;
    },
  };
}

/** True, false, or null if the setting is absent. */
export function readYesOrNo(value: string | undefined): boolean | null {
  if (value === undefined || value === '') return null;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error('true or false');
}

export function yesOrNo(name: string, fallback: boolean, meaning: string): Setting<boolean> {
  return {
    name,
    fallback: String(fallback),
    meaning,
    read: (value) => readYesOrNo(value) ?? fallback,
  };
}

/** Values separated by commas, without spaces around them and without empty ones. */
export function readList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Host names and IP addresses, separated by commas; `*.` stands for one leading label. */
export function hostNames(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    fallback: 'unset: none',
    meaning,
    read(value) {
      const names = readList(value).map((host) => host.toLowerCase());
      const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
      const form = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);
      if (names.every((host) => isIP(host) !== 0 || (host.length <= 253 && form.test(host)))) return names;
      throw new Error('host names or addresses such as sms.example.com, separated by commas');
    },
  };
}

/** Mail addresses, separated by commas, in lower case; `form` decides whether a domain alone (`@example.com`) is one. */
export function mailboxes(
  name: string,
  fallback: string,
  form: { readonly pattern: RegExp; readonly expected: string },
  meaning: string,
): Setting<readonly string[]> {
  return {
    name,
    fallback,
    meaning,
    read(value) {
      const written = value === undefined || value === '' ? fallback : value;
      const addresses = written.split(',').map((address) => address.trim().toLowerCase());
      for (const address of addresses) if (!form.pattern.test(address)) throw new Error(form.expected);
      return addresses;
    },
  };
}

/** Lines of a document, written in one line with `|` between them. */
export function lines(name: string, fallback: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    fallback,
    meaning,
    read: (value) =>
      (value === undefined || value.trim() === '' ? fallback : value)
        .split('|')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
  };
}
