// The command line: names the commands and finds the one that was meant. Status 0 only on success, 2 for a mistake of
// whoever typed.
import { readFileSync } from 'node:fs';
import { settings } from '#main/config.ts';
import { type Command, describeFailure, runCommand } from './command.ts';
import { commands } from './commands.ts';

function overview(): string {
  const lines = ['chappe COMMAND [options]', ''];
  for (const command of commands)
    lines.push(
      `  ${`${command.words} ${(command.positionals ?? []).join(' ')}`.padEnd(28)} ${command.summary}`,
    );
  lines.push('', '  help settings                the settings, their defaults and meanings', '');
  return lines.join('\n');
}

function settingsOverview(): string {
  return Object.values(settings)
    .map(({ name, fallback, meaning }) => `${name} (${fallback})\n    ${meaning}\n`)
    .join('');
}

function find(args: readonly string[]): { command: Command; rest: readonly string[] } | null {
  for (const length of [2, 1]) {
    const words = args.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.words === words);
    if (command) return { command, rest: args.slice(length) };
  }
  return null;
}

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === '--version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
    return 0;
  }
  if (first === undefined || first === 'help' || first === '--help') {
    process.stdout.write(second === 'settings' ? settingsOverview() : overview());
    return first === undefined ? 2 : 0;
  }
  const found = find(args);
  if (found === null) {
    process.stderr.write(`chappe: there is no command "${args.slice(0, 2).join(' ')}"\n\n${overview()}`);
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

process.exitCode = await main(process.argv.slice(2));
// The launcher's channel would keep the process alive.
if (process.connected) process.disconnect();
