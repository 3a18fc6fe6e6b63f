// Keys of OVH's dialect, as it may ask the house for them: who signs in, requests, decides, keeps. Serves the doors.
import type { KeyDesk } from '#dialects/ovh/api/services.ts';
import {
  createApplication,
  createToken,
  dropApplication,
  dropKey,
  endKey,
  readKnownApplication,
  restrictKey,
} from '#operations/account/ovh-keys.ts';
import {
  readKeyRequest,
  refuseConsumerKey,
  requestConsumerKey,
  validateConsumerKey,
} from '#operations/account/request-consumer-key.ts';
import { signIn } from '#operations/account/sign-in.ts';
import { listApplications } from '#store/accounts/applications.ts';
import { listConsumerKeys, readConsumerKey } from '#store/accounts/consumer-keys.ts';
import type { Books } from './caches.ts';
import type { Engine } from './runtime.ts';

export interface KeyOptions {
  readonly engine: Engine;
  readonly books: Books;
}

export function keyDeskOf({ engine, books }: KeyOptions): KeyDesk {
  const { query } = engine.database;

  /** Here at once; in other processes, and once more here, when the notice comes. */
  async function forgotten<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    books.consumers.forget();
    return result;
  }

  return {
    signIn: (order) => signIn(engine, order),
    createApplication: (account, order) => createApplication(engine, account, order),
    createToken: (account, order) => createToken(engine, account, order),
    request: (applicationKey, order) => requestConsumerKey(engine, applicationKey, order),
    readRequest: (token) => readKeyRequest(engine, token),
    validate: (id, account, lifetimeMs) => forgotten(validateConsumerKey(engine, id, account, lifetimeMs)),
    refuse: (id) => forgotten(refuseConsumerKey(engine, id)),
    listApplications: (account) => listApplications(query, account.id),
    readApplication: (account, id) => readKnownApplication(engine, account, id),
    dropApplication: (account, id) => forgotten(dropApplication(engine, account, id)),
    list: (account) => listConsumerKeys(query, account.id),
    read: (account, id) => readConsumerKey(query, account.id, id),
    restrict: (account, id, allowedIps) => forgotten(restrictKey(engine, account, id, allowedIps)),
    drop: (account, id) => forgotten(dropKey(engine, account, id)),
    end: (id) => forgotten(endKey(engine, id)),
  };
}
