// The message_id of a submission: `c` and the id of its campaign in hexadecimal. Used by the SMPP dialect. The same text is in
// submit_sm_resp, in receipts and in query_sm. The letter keeps clients and carrier links from reading the id in another
// base, and 3.3 clients take at most 8 characters (SMPP 3.4 §5.2.23): enough for 268 million campaigns.

export function messageIdOf(campaignId: number): string {
  return `c${campaignId.toString(16)}`;
}

/** Null if it is no message_id of this platform. */
export function readMessageId(written: string): number | null {
  const match = /^c([1-9a-f][0-9a-f]{0,12})$/i.exec(written.trim());
  return match === null ? null : Number.parseInt(match[1]!, 16);
}
