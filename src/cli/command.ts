// The type of a command: its words, its options, its function. Parsing, help and exit status are shared by all commands.
import { parseArgs } from 'node:util';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { ConfigError, readConfig } from '#main/config/read-config.ts';
import { type Config, flagOf, settings } from '#main/config/settings.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** Name of the value in the help. */
  readonly value?: string;
}

export interface Command {
  /** Such as `account create`. */
  readonly words: string;
  /** Such as `NAME`, or `[NAME]` if it is optional; shown in the help and counted. */
  readonly positionals?: readonly string[];
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Returns the exit status. */
  run(call: Call): Promise<number>;
}

export interface Call {
  readonly config: Config;
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
  /** One JSON document with --json, otherwise lines; of an empty list the word none. */
  print(document: unknown, lines: readonly string[]): void;
}

/** A mistake in the arguments; ends with status 2. */
export class UsageError extends Error {}

const common: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print one JSON document, for scripts' },
  help: { type: 'boolean', help: 'print this' },
};

/** Every setting of the platform is an option of every command. */
const settingOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  Object.values(settings).map((setting) => [flagOf(setting.name), { type: 'string', help: setting.meaning }]),
);

export async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  const options = { ...settingOptions, ...command.options, ...common };
  const { values, positionals } = parse(options, args);
  if (values['help'] === true) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  const wanted = command.positionals?.length ?? 0;
  const least = command.positionals?.filter((name) => !name.startsWith('[')).length ?? 0;
  if (positionals.length > wanted || positionals.length < least)
    throw new UsageError(
      `${command.words} takes ${wanted === 0 ? 'no argument' : command.positionals!.join(' ')}`,
    );
  const flags: Record<string, string> = {};
  for (const name of Object.keys(settingOptions)) {
    // An option of the command precedes a setting of the same name (--host of a carrier).
    const value = name in command.options ? undefined : values[name];
    if (typeof value === 'string') flags[name] = value;
  }
  return command.run({
    config: readConfig(flags),
    positionals,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (option) => values[option] === true,
    print: (document, lines) =>
      process.stdout.write(
        values['json'] === true
          ? JSON.stringify(document, plain) + '\n'
          : (lines.length === 0 ? 'none' : lines.join('\n')) + '\n',
      ),
  });
}

/** Amounts are bigints inside; a script reads decimal strings. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function parse(options: Readonly<Record<string, Option>>, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
      allowPositionals: true,
    });
  } catch (error) {
    const negative = args.find((arg) => /^-\d/.test(arg));
    throw new UsageError(
      negative === undefined ? (error as Error).message : `"${negative}" is negative, but must be 0 or more`,
    );
  }
}

export function helpOf(command: Command): string {
  const lines = [
    `chappe ${command.words} ${(command.positionals ?? []).join(' ')}`.trim(),
    '',
    command.summary,
    '',
  ];
  for (const [name, option] of Object.entries({ ...command.options, ...common }))
    lines.push(
      `  --${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`.padEnd(28) + option.help,
    );
  lines.push('', 'Settings (environment variable, .env, or option): see chappe help settings', '');
  return lines.join('\n');
}

export function describeFailure(error: unknown): { status: number; text: string } {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof OperatorRefusal)
    return { status: 2, text: error.message };
  return { status: 1, text: error instanceof Error ? error.message : String(error) };
}

export function requireText(call: Call, option: string): string {
  const value = call.text(option);
  if (value === undefined || value === '') throw new UsageError(`--${option} is missing`);
  return value;
}

/** An instant of an option in ms since the epoch; null if it is absent. */
export function readInstant(call: Call, option: string): number | null {
  const value = call.text(option);
  if (value === undefined) return null;
  const isInstant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value);
  const ms = isInstant ? Date.parse(value) : Number.NaN;
  // A day that the month does not have would be read as one of the next month.
  const isDay =
    isInstant && new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(value.slice(8, 10));
  if (Number.isNaN(ms) || !isDay)
    throw new UsageError(
      `--${option} is "${value}", but must be an instant with its zone such as 2027-01-31T08:00:00+01:00, or a day such as 2027-01-31 (midnight UTC)`,
    );
  return ms;
}

/** A whole number option within limits, or its default. */
export function readNumber(
  call: Call,
  option: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const value = call.text(option);
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw new UsageError(`--${option} is "${value}", but must be a whole number from ${least} to ${most}`);
  return number;
}
