// The callback channel of each dialect, by its capability callbackDialect. Used by the callback pusher.

import { capabilities } from '#dialects/capabilities.ts';
import { legacyCallbackChannel } from '#dialects/octopush/legacy/callback.ts';
import { restCallbackChannel } from '#dialects/octopush/rest/callback.ts';
import { ovhCallbackChannel } from '#dialects/ovh/api/callback.ts';
import { smppCallbackChannel } from '#dialects/smpp/callback.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackChannel } from '#domain/delivery/callback.ts';

const writers: ReadonlyMap<DialectName, CallbackChannel> = new Map<DialectName, CallbackChannel>([
  ['octopush-legacy', legacyCallbackChannel],
  ['octopush-rest', restCallbackChannel],
  ['ovh', ovhCallbackChannel],
  ['smpp', smppCallbackChannel],
]);

export const channels: ReadonlyMap<DialectName, CallbackChannel> = new Map(
  Object.entries(capabilities).flatMap(([dialect, { callbackDialect }]) => {
    const channel = writers.get(callbackDialect);
    return channel === undefined ? [] : [[dialect as DialectName, channel] as const];
  }),
);
