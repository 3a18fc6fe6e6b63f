// Joins the parts of long replies. Used by the recording of replies; no clock, no database.
//
// A part that is there already, waiting or joined a while ago, is the carrier repeating itself: it changes nothing. A part
// with a place that is taken and another text begins a new reply under the same reference: the one before is handed on
// as it is.

/** How long a reply waits for its next part, counted from the last one that came. */
export const joinWithinMs = 5 * 60_000;

/** How long joined parts are remembered, so that a part that comes again makes no second reply. */
export const rememberJoinedMs = 15 * 60_000;

/** Where a part stands in a long reply (3GPP TS 23.040 §9.2.3.24.1; SMPP 3.4 §5.3.2.22 to 24). */
export interface PartPlace {
  readonly reference: number;
  readonly total: number;
  /** From 1 to `total`. */
  readonly part: number;
}

export interface StoredPart extends PartPlace {
  readonly id: number;
  readonly connectorId: number;
  /** The sender as the carrier wrote it, and as it was read; null: it could not be. */
  readonly source: string;
  readonly msisdn: number | null;
  readonly recipient: string;
  readonly text: string;
  /** The text is its octets in hexadecimal. */
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
  /** False: the text does not begin with the first word. */
  readonly hasBeginning: boolean;
  readonly atMs: number;
}

export interface Joined {
  readonly inserted: readonly Omit<StoredPart, 'id'>[];
  /** Ids of stored parts that belong to a reply now. */
  readonly joinedIds: readonly number[];
  readonly replies: readonly JoinedReply[];
}

interface Entry {
  readonly id: number | null;
  readonly part: NewPart;
  isJoined: boolean;
}

/** `stored`: the parts of the same long replies that wait or were joined lately, oldest first. */
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

/** Hands on what waits, as far as it came. */
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
