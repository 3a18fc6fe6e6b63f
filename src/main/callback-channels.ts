// Which dialect's callback channel speaks for a campaign of which dialect.

import { legacyCallbackChannel } from '#dialects/octopush/legacy/callback.ts';
import { restCallbackChannel } from '#dialects/octopush/rest/callback.ts';
import { ovhCallbackChannel } from '#dialects/ovh/api/callback.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackChannel } from '#domain/delivery/callback.ts';

export const channels: ReadonlyMap<DialectName, CallbackChannel> = new Map<DialectName, CallbackChannel>([
  ['octopush-legacy', legacyCallbackChannel],
  ['octopush-rest', restCallbackChannel],
  // A mail is a legacy request in an envelope, and its sender reads the legacy pushes
  // (docs/dialects/octopush.md#mail-to-sms).
  ['smtp', legacyCallbackChannel],
  ['ovh', ovhCallbackChannel],
  ['http2sms', ovhCallbackChannel],
  // What is sent by hand is told in the newest form.
  ['cli', restCallbackChannel],
  ['console', restCallbackChannel],
]);
