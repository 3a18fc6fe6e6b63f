// A campaign: an accepted submission. One text, one sender, one or many messages.

/** The quality bought. */
export type Tier = 'premium' | 'low_cost' | 'world';

/** `transactional` leaves at any hour; `marketing` needs a way out and keeps the allowed hours. */
export type Purpose = 'transactional' | 'marketing';

/**
 * What happens about the mention that tells how to opt out, where the law of the destination asks for it:
 * `demanded` in the text (Octopush), `appended` by us (OVH), or `none`.
 */
export type StopClausePolicy = 'demanded' | 'appended' | 'none';

export type Encoding = 'gsm7' | 'ucs2';

/** GSM 03.38 §4: the class of a message, in the data coding scheme. */
export type MessageClass = 0 | 1 | 2 | 3;
