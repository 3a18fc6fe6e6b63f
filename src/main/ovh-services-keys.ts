// The OVH dialect's services of applications and consumer keys. Used by the listeners.
import type { KeyDesk } from '#dialects/ovh/api/services.ts';
import type { CredentialCaches } from '#operations/account/credentials/service.ts';
import {
  dropApplication,
  dropKey,
  endKey,
  readKnownApplication,
  restrictKey,
} from '#operations/account/ovh-keys/applications.ts';
import { requestConsumerKey } from '#operations/account/ovh-keys/key-requests.ts';
import { listApplications } from '#store/accounts/applications.ts';
import { listConsumerKeys, readConsumerKey } from '#store/accounts/consumer-keys.ts';
import type { Runtime } from './runtime.ts';

export interface KeyOptions {
  readonly runtime: Runtime;
  readonly books: CredentialCaches;
}

export function keyDeskOf({ runtime, books }: KeyOptions): KeyDesk {
  const { query } = runtime.database;

  /** Called immediately in this process; other processes, and this one again, follow the notice. */
  async function forgotten<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    books.consumers.forget();
    return result;
  }

  return {
    request: (applicationKey, order) => requestConsumerKey(runtime, applicationKey, order),
    listApplications: (account) => listApplications(query, account.id),
    readApplication: (account, id) => readKnownApplication(runtime, account, id),
    dropApplication: (account, id) => forgotten(dropApplication(runtime, account, id)),
    list: (account) => listConsumerKeys(query, account.id),
    read: (account, id) => readConsumerKey(query, account.id, id),
    restrict: (account, id, allowedIps) => forgotten(restrictKey(runtime, account, id, allowedIps)),
    drop: (account, id) => forgotten(dropKey(runtime, account, id)),
    end: (id) => forgotten(endKey(runtime, id)),
  };
}
