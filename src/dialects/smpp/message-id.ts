// The message_id of a submission: `c` and the number of its campaign in hexadecimal, counted from the first id that there is.
// Used by the SMPP dialect. The same text is in submit_sm_resp, in receipts and in query_sm. The letter keeps clients and
// carrier links from reading the id in another base, and 3.3 clients take at most 8 characters (SMPP 3.4 §5.2.23): enough for
// 268 million campaigns.

/** Migrations/0001-platform.sql: the ids of campaigns begin here. */
const firstCampaignId = 110_000_000_000;

export function messageIdOf(campaignId: number): string {
  return `c${(campaignId - firstCampaignId).toString(16)}`;
}

/** Null if it is no message_id of this platform. */
export function readMessageId(written: string): number | null {
  const match = /^c([0-9a-f]{1,10})$/i.exec(written.trim());
  return match === null ? null : firstCampaignId + Number.parseInt(match[1]!, 16);
}
