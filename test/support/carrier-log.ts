// Which repetitions in a carrier's log are explained: the message was in doubt. For the seeded day.
import { maxUnrecorded } from '../../src/domain/delivery/hand-over-limit.ts';

export interface CarrierLog {
  /** The recipient of each segment taken, in order. */
  readonly numbers: readonly string[];
  /** The connection is cut before the answer to every so manieth segment. */
  readonly dropEvery: number;
  /** Every so manieth segment is never answered. */
  readonly silentEvery: number;
  /** After how many segments the platform ended. */
  readonly marks: readonly { readonly line: number; readonly incident: string }[];
}

/**
 * A segment may be repeated when its answer was withheld, when its connection was cut while it waited for its answer,
 * or when the platform was killed before it can have been recorded; a platform that ends in good order repeats nothing.
 */
export function unjustifiedRepetitions(
  log: CarrierLog,
  segmentsOf: ReadonlyMap<string, number>,
  { window, binds }: { window: number; binds: number },
): { repetitions: number; unjustified: string[] } {
  const { numbers, dropEvery, silentEvery } = log;
  const kills = log.marks.filter(({ incident }) => incident === 'kill').map(({ line }) => line);
  // Answers take some time; the other binds continue.
  const reach = 4 * window * binds;
  const wasInDoubt = (first: number, again: number) => {
    if (first % silentEvery === 0) return true;
    const next = Math.ceil(first / dropEvery) * dropEvery;
    if (next < again && next - first <= reach) return true;
    // Segments in the same read as the one that closed the connection are recorded, and not answered either.
    if (first > dropEvery && first % dropEvery <= window) return true;
    return kills.some((line) => first <= line && line < again && line - first <= maxUnrecorded);
  };
  const linesOf = new Map<string, number[]>();
  for (const [index, number] of numbers.entries()) {
    const lines = linesOf.get(number);
    // Segments are counted from 1, as the carrier does.
    if (lines === undefined) linesOf.set(number, [index + 1]);
    else lines.push(index + 1);
  }
  let repetitions = 0;
  const unjustified: string[] = [];
  for (const [number, lines] of linesOf) {
    const segments = segmentsOf.get(number) ?? 0;
    for (const [n, line] of lines.entries()) {
      if (n < segments) continue;
      repetitions++;
      if (!lines.some((first) => first < line && wasInDoubt(first, line)))
        unjustified.push(`…${number.slice(-6)}: segments ${lines.join(', ')}`);
    }
  }
  return { repetitions, unjustified };
}
