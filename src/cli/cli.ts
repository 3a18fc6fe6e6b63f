// The command line: the list of commands and the selection of one. Exit status 0 only on success, 2 for a mistake in the
// arguments.
import { settings } from '#main/config/settings.ts';
import { readVersion } from '#main/version.ts';
import { type Command, describeFailure, helpOf, runCommand } from './command.ts';
import { commands } from './commands.ts';

function listOf(some: readonly Command[]): string[] {
  return some.map(
    ({ words, positionals = [], summary }) =>
      `  ${`${words} ${positionals.join(' ')}`.padEnd(28)} ${summary}`,
  );
}

function overview(): string {
  const lines = ['chappe COMMAND [options]', '', ...listOf(commands)];
  lines.push('', '  help settings                the settings, their defaults and meanings', '');
  return lines.join('\n');
}

/** The commands that begin with these words; null if there are none. */
function groupOverview(words: readonly string[]): string | null {
  const group = words.join(' ');
  const members = commands.filter((command) => command.words.startsWith(`${group} `));
  if (group === '' || members.length === 0) return null;
  return [`chappe ${group} COMMAND [options]`, '', ...listOf(members), ''].join('\n');
}

function settingsOverview(): string {
  return Object.values(settings)
    .map(({ name, fallback, meaning }) => `${name} (${fallback})\n    ${meaning}\n`)
    .join('');
}

function find(args: readonly string[]): { command: Command; rest: readonly string[] } | null {
  for (const length of [3, 2, 1]) {
    const words = args.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.words === words);
    if (command) return { command, rest: args.slice(length) };
  }
  return null;
}

/** The arguments before the first option. */
function wordsOf(args: readonly string[]): readonly string[] {
  const first = args.findIndex((arg) => arg.startsWith('-'));
  return first === -1 ? args : args.slice(0, first);
}

/** `help`, `help settings`, `help account`, `help rate set`. */
function printHelp(args: readonly string[]): number {
  const [first, ...words] = wordsOf(args);
  const found = find(words);
  const text =
    words[0] === 'settings'
      ? settingsOverview()
      : found !== null
        ? helpOf(found.command)
        : (groupOverview(words) ?? overview());
  process.stdout.write(text);
  return args.length === 0 || (first === 'help' && words.length > 0 && text === overview()) ? 2 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === '--version') {
    process.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  if (first === undefined || first === 'help' || first === '--help') return printHelp(args);
  const found = find(args);
  const words = wordsOf(args);
  if (found === null && groupOverview(words) !== null) {
    const isAsked = args.includes('--help');
    (isAsked ? process.stdout : process.stderr).write(groupOverview(words)!);
    return isAsked ? 0 : 2;
  }
  if (found === null) {
    const known = groupOverview(words.slice(0, 2)) ?? groupOverview(words.slice(0, 1)) ?? overview();
    process.stderr.write(`chappe: there is no command "${words.slice(0, 3).join(' ')}"\n\n${known}`);
    return 2;
  }
  try {
    return await runCommand(found.command, found.rest);
  } catch (error) {
    const { status, text } = describeFailure(error);
    process.stderr.write(`chappe: ${text}\n`);
    return status;
  }
}

// A reader that closes early (`| head`), or a closed terminal, ends neither a server nor a running command.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await main(process.argv.slice(2));
// The launcher's channel would keep the process running.
if (process.connected) process.disconnect();
