// Finds the application, its secret and the customer for the keys of a signed call. Answers without a query for recent keys,
// like api-keys.ts: a change of a key sends a notice, and takes effect after ten seconds without it. Never checks the
// signature or the grants of a call: the dialect does.
import type { Account } from '#domain/account/account.ts';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashSecret } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { findApplication } from '#store/accounts/applications.ts';
import { type ConsumerKey, findConsumerKey, noteUse } from '#store/accounts/consumer-keys.ts';

export interface Consumer {
  readonly applicationId: number;
  /** Null when it cannot be opened: it was sealed with another key. */
  readonly secret: string | null;
  readonly key: ConsumerKey | null;
  /** The customer; null without a key, or while it is not validated. */
  readonly account: Account | null;
}

export interface ConsumerKeyCache {
  /** Null for an unknown application. */
  find(applicationKey: string, consumerKey: string): Consumer | null | Promise<Consumer | null>;
  /** Records the use of the key in its `lastUse`. */
  noteUse(key: ConsumerKey): void;
  forget(): void;
}

const rememberMs = 10_000;
const maxRemembered = 50_000;
/** Minimum time between two records of one key. */
const noteEveryMs = 60_000;

export function createConsumerKeyCache(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  seal: Seal,
): ConsumerKeyCache {
  const { database, clock, log } = context;
  const known = new ExpiringCache<string, { readonly consumer: Consumer | null }>({
    maxEntries: maxRemembered,
    expiry: { maxAgeMs: rememberMs, clock },
  });
  const noted = new ExpiringCache<number, true>({
    maxEntries: maxRemembered,
    expiry: { maxAgeMs: noteEveryMs, clock },
  });
  /** Counts invalidations: a value that was read before one is not cached after it. */
  let era = 0;

  async function look(applicationKey: string, consumerKey: string): Promise<Consumer | null> {
    const begun = era;
    const consumer = await read(applicationKey, consumerKey);
    if (era !== begun) return consumer;
    known.set(`${applicationKey} ${consumerKey}`, { consumer });
    return consumer;
  }

  async function read(applicationKey: string, consumerKey: string): Promise<Consumer | null> {
    const application = await findApplication(database.query, applicationKey);
    if (application === null) return null;
    const key = await findConsumerKey(database.query, application.id, hashSecret(consumerKey));
    const account =
      key === null || key.accountId === null ? null : await readAccount(database.query, key.accountId);
    return { applicationId: application.id, secret: open(application.sealedSecret), key, account };
  }

  function open(sealed: Buffer): string | null {
    try {
      return seal.open(sealed);
    } catch {
      log.error('application_secret.open_failed');
      return null;
    }
  }

  return {
    find(applicationKey, consumerKey) {
      const remembered = known.get(`${applicationKey} ${consumerKey}`);
      return remembered === undefined ? look(applicationKey, consumerKey) : remembered.consumer;
    },
    noteUse({ id }) {
      if (noted.get(id)) return;
      noted.set(id, true);
      noteUse(database.query, id, clock.now()).catch((error: Error) =>
        log.warn('consumer_key.use_record_failed', { err: error.message }),
      );
    },
    forget() {
      era++;
      known.clear();
    },
  };
}
