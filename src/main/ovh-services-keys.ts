// The OVH dialect's services of applications and consumer keys, and of signing in. Used by the listeners.
import type { KeyDesk } from '#dialects/ovh/api/services.ts';
import type { CredentialCaches } from '#operations/account/credentials/service.ts';
import {
  createApplication,
  createToken,
  dropApplication,
  dropKey,
  endKey,
  readKnownApplication,
  restrictKey,
} from '#operations/account/ovh-keys/applications.ts';
import {
  readKeyRequest,
  refuseConsumerKey,
  requestConsumerKey,
  validateConsumerKey,
} from '#operations/account/ovh-keys/key-requests.ts';
import { signIn } from '#operations/account/sign-in.ts';
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
    signIn: (order) => signIn(runtime, order),
    createApplication: (account, order) => createApplication(runtime, account, order),
    createToken: (account, order) => createToken(runtime, account, order),
    request: (applicationKey, order) => requestConsumerKey(runtime, applicationKey, order),
    readRequest: (token) => readKeyRequest(runtime, token),
    validate: (id, account, lifetimeMs) => forgotten(validateConsumerKey(runtime, id, account, lifetimeMs)),
    refuse: (id) => forgotten(refuseConsumerKey(runtime, id)),
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
