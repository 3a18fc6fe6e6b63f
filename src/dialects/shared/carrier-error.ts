// What a carrier's error text says that a push has a word of its own for. Serves the callback writers.

/** SMPP 3.4 §5.1.3, ESME_RINVDSTADR (0x0B): the carrier knows no such number. By name or by number. */
export function isUnknownNumber(error: string | null): boolean {
  return error !== null && /^(?:ESME_RINVDSTADR|0x0*b|11)$/i.test(error);
}
