// Delivers callbacks: HTTP requests to the addresses of customers, mails to the operator's relay. Used by the callback
// pusher and by notifications, which send mails.
import { type AttemptResult, type CallbackTransports, delivered } from '#domain/delivery/callback.ts';
import { createHttpClient } from '#lib/net/http-client.ts';
import { createMailRelay } from '#lib/net/mail-relay.ts';
import { signedHeaders } from '#lib/security/signatures.ts';
import { type Clock, steadyClock } from '#lib/time/clock.ts';
import type { SendMail } from '#operations/service-needs.ts';
import type { Config } from './config/settings.ts';

export function openCallbackTransports(config: Config, clock: Clock): CallbackTransports {
  const { callbackTimeoutSeconds, perEndpoint, mailRelay, mailFrom } = config;
  const timeoutMs = callbackTimeoutSeconds * 1000;
  const client = createHttpClient({
    timeoutMs,
    connectionsPerOrigin: perEndpoint,
    allowPrivate: config.allowPrivateCallbacks,
  });
  const relay = mailRelay === null ? null : createMailRelay({ url: mailRelay, from: mailFrom, timeoutMs });
  return {
    async http(prepared, { signingKey, isGuarded }) {
      const { method, url } = prepared;
      const headers = signedHeaders(prepared, signingKey, clock.now());
      const body = method === 'GET' ? null : prepared.body;
      const startMs = steadyClock.now();
      const sent = await client.send({ method, url, headers, body, isGuarded, keptBytes: keptAnswerBytes });
      const { status, error } = sent;
      const durationMs = steadyClock.now() - startMs;
      if (error !== null) return { ...unreachable(error), durationMs };
      if (status >= 200 && status < 300) return { ...delivered, durationMs };
      const answer = readableText(sent.body ?? '');
      return {
        kind: 'failed',
        status,
        reason: `HTTP ${status}`,
        durationMs,
        ...(answer !== '' && { answer }),
      };
    },
    async mail({ to, subject, text }) {
      if (relay === null) return unreachable('no mail relay is set (CHAPPE_MAIL_RELAY)');
      const error = await relay.send({ to, subject, text });
      return error === null ? delivered : unreachable(error);
    },
    async close() {
      relay?.close();
      await client.close();
    },
  };
}

/** Of the answer of a failed push: enough for the error of a framework. */
const keptAnswerBytes = 500;

/** Without control characters except line ends and tabs: PostgreSQL stores no NUL. */
function readableText(body: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  return body.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').trim();
}

function unreachable(reason: string): AttemptResult {
  return { kind: 'unreachable', reason };
}

/** Sends a mail. Returns the reason of a failure, or null when the relay accepted it. */
export function createSendMail({ mail }: CallbackTransports): SendMail {
  return async (to, subject, text) => {
    const result = await mail({ kind: 'mail', to, subject, text });
    return result.kind === 'delivered' ? null : result.reason;
  };
}
