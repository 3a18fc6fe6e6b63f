// Types of a campaign: an accepted submission with one text, one sender, and one or more messages. Used everywhere.

/** Quality of a route, which decides the price. */
export type Tier = 'premium' | 'low_cost' | 'world';

/** `transactional` is sent at any hour; `marketing` needs a way to opt out and waits for the sending hours. */
export type Purpose = 'transactional' | 'marketing';

/**
 * Treatment of the stop clause where the law of the destination demands it: the customer writes it (`demanded`, Octopush),
 * the platform appends it (`appended`, OVH), or `none`.
 */
export type StopClausePolicy = 'demanded' | 'appended' | 'none';

export type Encoding = 'gsm7' | 'ucs2';

/** GSM 03.38 §4: the class of a message, in the data coding scheme. */
export type MessageClass = 0 | 1 | 2 | 3;
