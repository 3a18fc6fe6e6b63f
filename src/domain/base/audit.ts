// Types of the audit trail. Used by services that change something and by the table of the trail. An entry never contains
// secrets, texts of messages or whole numbers: `maskedNumber` shows four digits.

/** The person or process that asks for a change. */
export interface Actor {
  /** Such as `cli:alice`. */
  readonly actor: string;
  /** IP address; null: on this machine. */
  readonly address: string | null;
}

type Facts = Readonly<Record<string, unknown>>;

export interface AuditEntry {
  readonly by: Actor;
  /** The account that the change concerns; null: the installation. */
  readonly accountId: number | null;
  /** Name of an event in the past tense, `subject.verb`. */
  readonly action: string;
  readonly target: string;
  /** Null: it did not exist. */
  readonly before: Facts | null;
  /** Null: it was deleted. */
  readonly after: Facts | null;
}

export interface StoredAuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  /** Service name; null: the installation, or a deleted account. */
  readonly account: string | null;
  readonly action: string;
  readonly target: string;
  readonly before: Facts | null;
  readonly after: Facts | null;
  readonly address: string | null;
}

/** The first and last two digits; dots for the others. A number that was erased on request is stored as 0. */
export function maskedNumber(msisdn: number | string): string {
  const digits = String(msisdn);
  if (digits === '0') return 'erased';
  return `+${digits.slice(0, 2)}${'•'.repeat(Math.max(0, digits.length - 4))}${digits.slice(-2)}`;
}
