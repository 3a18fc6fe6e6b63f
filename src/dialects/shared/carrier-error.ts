// Recognizes carrier errors that have their own status in pushes. Used by the callback writers.

/** SMPP 3.4 §5.1.3, ESME_RINVDSTADR (0x0B): the carrier does not know the number. As name or as code. */
export function isUnknownNumber(error: string | null): boolean {
  return error !== null && /^(?:ESME_RINVDSTADR|0x0*b|11)$/i.test(error);
}
