// Joins the parts of long replies. Used by the reply recorder. Pure: no clock, no database.
//
// A part that is stored already, or was joined recently, is a repetition by the carrier and changes nothing. A part with
// another text at a taken position begins a new reply with the same reference; the earlier reply is recorded incomplete.

/** Time that a reply waits for its next part, from the arrival of the last one. */
export const joinWithinMs = 5 * 60_000;

/** Time that joined parts are stored, so that a repeated part makes no second reply. */
export const rememberJoinedMs = 15 * 60_000;

/** Position in a long reply (3GPP TS 23.040 §9.2.3.24.1; SMPP 3.4 §5.3.2.22 to 24). */
export interface PartPlace {
  readonly reference: number;
  readonly total: number;
  /** From 1 to `total`. */
  readonly part: number;
}

export interface StoredPart extends PartPlace {
  readonly id: number;
  readonly connectorId: number;
  /** The sender as the carrier wrote it. */
  readonly source: string;
  readonly msisdn: number | null;
  readonly recipient: string;
  readonly text: string;
  /** The text is octets in hexadecimal. */
  readonly isBinary: boolean;
  readonly receivedAtMs: number;
  readonly isJoined: boolean;
}

export type NewPart = Omit<StoredPart, 'id' | 'isJoined'>;

export interface JoinedReply {
  readonly connectorId: number;
  readonly source: string;
  readonly msisdn: number | null;
  readonly recipient: string;
  readonly text: string;
  readonly isBinary: boolean;
  readonly isIncomplete: boolean;
  /** False: the first part is missing. */
  readonly hasBeginning: boolean;
  readonly atMs: number;
}

export interface Joined {
  readonly inserted: readonly Omit<StoredPart, 'id'>[];
  /** Ids of stored parts that now belong to a reply. */
  readonly joinedIds: readonly number[];
  readonly replies: readonly JoinedReply[];
}

interface Entry {
  readonly id: number | null;
  readonly part: NewPart;
  isJoined: boolean;
}

/** `stored` has the waiting and the recently joined parts of the same replies, oldest first. */
export function joinParts(stored: readonly StoredPart[], arrived: readonly NewPart[]): Joined {
  const longReplies = new Map<string, Entry[]>();
  const entriesOf = (part: NewPart) => {
    const key = keyOf(part);
    const entries = longReplies.get(key) ?? [];
    longReplies.set(key, entries);
    return entries;
  };
  for (const part of stored) entriesOf(part).push({ id: part.id, part, isJoined: part.isJoined });
  const replies: JoinedReply[] = [];
  for (const part of arrived) {
    const entries = entriesOf(part);
    if (entries.some((entry) => isSame(entry.part, part))) continue;
    let waiting = entries.filter((entry) => !entry.isJoined);
    if (waiting.some((entry) => entry.part.part === part.part)) {
      replies.push(join(waiting));
      waiting = [];
    }
    const entry = { id: null, part, isJoined: false };
    entries.push(entry);
    waiting.push(entry);
    if (waiting.length === part.total) replies.push(join(waiting));
  }
  const all = [...longReplies.values()].flat();
  const before = new Set(stored.filter((part) => part.isJoined).map((part) => part.id));
  return {
    replies,
    inserted: all.filter((entry) => entry.id === null).map(({ part, isJoined }) => ({ ...part, isJoined })),
    joinedIds: all.flatMap(({ id, isJoined }) => (isJoined && id !== null && !before.has(id) ? [id] : [])),
  };
}

/** Joins the parts of replies that wait no longer. */
export function joinOverdueParts(stored: readonly StoredPart[]): Pick<Joined, 'joinedIds' | 'replies'> {
  const waiting = stored.filter((part) => !part.isJoined);
  const entries = waiting.map((part) => ({ id: part.id, part, isJoined: false }));
  return {
    replies: [...Map.groupBy(entries, ({ part }) => keyOf(part)).values()].map(join),
    joinedIds: waiting.map((part) => part.id),
  };
}

function keyOf({ connectorId, source, recipient, reference, total }: NewPart): string {
  return JSON.stringify([connectorId, source, recipient, reference, total]);
}

function isSame(a: NewPart, b: NewPart): boolean {
  return a.part === b.part && a.text === b.text && a.isBinary === b.isBinary;
}

function join(entries: readonly Entry[]): JoinedReply {
  for (const entry of entries) entry.isJoined = true;
  const parts = entries.map((entry) => entry.part).sort((a, b) => a.part - b.part);
  const { connectorId, source, msisdn, recipient, total } = parts[0]!;
  return {
    connectorId,
    source,
    msisdn,
    recipient,
    text: parts.map((part) => part.text).join(''),
    isBinary: parts.some((part) => part.isBinary),
    isIncomplete: parts.length < total,
    hasBeginning: parts[0]!.part === 1,
    atMs: Math.min(...parts.map((part) => part.receivedAtMs)),
  };
}
