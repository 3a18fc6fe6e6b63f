// The result of an import: what was added, what was there before, what was left out and why. Used by the imports.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import { CsvError } from '#lib/text/csv-reader.ts';

interface PartReport {
  readonly added: number;
  readonly known: number;
}

export interface Report {
  readonly isDryRun: boolean;
  readonly parts: Readonly<Record<string, PartReport>>;
  /** Sentences: what was not imported, and why. */
  readonly leftOut: readonly string[];
  /** New passwords of users, shown this once. */
  readonly passwords: readonly { readonly login: string; readonly password: string }[];
}

/** A rule of ours that a value of the other platform breaks: it is left out, and the rest is imported. */
function isRefusal(error: unknown): error is Error {
  return [RefusedError, OperatorRefusal, ListError, CsvError].some((kind) => error instanceof kind);
}

export class ReportLines {
  readonly #isDryRun: boolean;
  readonly #parts = new Map<string, { added: number; known: number }>();
  readonly #leftOut: string[] = [];
  readonly #passwords: { login: string; password: string }[] = [];

  constructor(isDryRun: boolean) {
    this.#isDryRun = isDryRun;
  }

  add(part: string, count = 1): void {
    this.#part(part).added += count;
  }

  /** Counts what the account had before. */
  know(part: string, count = 1): void {
    this.#part(part).known += count;
  }

  leaveOut(sentence: string): void {
    this.#leftOut.push(sentence);
  }

  addPassword(login: string, password: string): void {
    this.#passwords.push({ login, password });
  }

  /** Adds one thing, unless this is a dry run. A refusal leaves it out; the result says whether it was added. */
  async attempt(
    part: string,
    name: string,
    isDryRun: boolean,
    work: () => Promise<unknown>,
  ): Promise<boolean> {
    if (!isDryRun && !(await this.complete(name, work))) return false;
    this.add(part);
    return true;
  }

  /** Changes something that was added before. */
  async complete(name: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.leaveOut(`${name}: ${error.message}`);
      return false;
    }
  }

  report(): Report {
    return {
      isDryRun: this.#isDryRun,
      parts: Object.fromEntries(this.#parts),
      leftOut: this.#leftOut,
      passwords: this.#passwords,
    };
  }

  #part(name: string): { added: number; known: number } {
    const part = this.#parts.get(name) ?? { added: 0, known: 0 };
    this.#parts.set(name, part);
    return part;
  }
}
