// How the processes of a bench are spoken to: one JSON command a line on stdin, one JSON answer a line on stdout,
// in order. The first line on stdout is a greeting without a command. Used by load, receiver and their starters.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The side of the process: answers until its stdin ends, so it ends with its starter. */
export async function answerCommands<Command, Answer>(
  greeting: object,
  answer: (command: Command) => Answer | Promise<Answer>,
): Promise<void> {
  process.stdout.write(`${JSON.stringify(greeting)}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Command);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}

/** A process of the harness. It shares our stderr; its unexpected end rejects every pending call. */
export class Child<Greeting extends object = object> {
  readonly name: string;
  readonly pid: number;
  readonly greeting: Greeting;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, child: ChildProcess, lines: AsyncIterator<string>, greeting: Greeting) {
    this.name = name;
    this.pid = child.pid!;
    this.#process = child;
    this.#lines = lines;
    this.greeting = greeting;
  }

  static async start<Greeting extends object>(
    name: string,
    script: string,
    args: readonly string[],
  ): Promise<Child<Greeting>> {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    return new Child(name, child, lines, await nextLine<Greeting>(name, lines));
  }

  async call<Answer>(command: object): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    return await nextLine<Answer>(this.name, this.#lines);
  }

  async stop(): Promise<void> {
    await endProcess(this.#process);
  }
}

async function nextLine<T>(name: string, lines: AsyncIterator<string>): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new Error(`${name} ended without an answer`);
  return JSON.parse(value) as T;
}

/** Ends a process we started: asked first, forced after `graceMs`. */
export async function endProcess(child: ChildProcess, graceMs = 15_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(force);
}
