// The events of `GET /console/api/events?topics=…`, a stream of server-sent events. Imported by the browser for its types.
// Topics, separated by commas: `account:SERVICE`, `campaign:ID` (of an account whose topic is in the same stream).
// `hello` comes first, `reset` after a reconnection: refetch everything. Contents are ids and counts, never texts or numbers.

export interface ConsoleEvents {
  readonly hello: { readonly build: string; readonly now: string };
  readonly reset: Readonly<Record<string, never>>;
  /** Messages of the account were accepted, or changed their status. */
  readonly 'message-step': {
    readonly account: string;
    readonly kind: 'accepted' | 'changed';
    readonly count: number;
  };
  readonly 'campaign-progress': { readonly account: string; readonly campaign: number };
  readonly balance: { readonly account: string; readonly available: string; readonly reserved: string };
  readonly reply: { readonly account: string; readonly reply: number };
  /** A callback was pushed, or failed. */
  readonly callback: { readonly account: string };
}
