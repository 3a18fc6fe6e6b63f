// The callback transport: HTTP requests to the addresses of customers, mails to the operator's relay. Used by the callback
// pusher, which treats both alike.
import { readMailto } from '#domain/delivery/reply-mail.ts';
import { createHttpClient, type HttpClient } from '#lib/net/http-client.ts';
import { createMailRelay } from '#lib/net/mail-relay.ts';
import type { SendMail } from '#operations/services.ts';
import type { Config } from './config/settings.ts';

/** The status of a mail that the relay accepted, as in HTTP. */
const taken = { status: 200, error: null };

export function openCallbackTransport(config: Config): HttpClient {
  const { callbackTimeoutSeconds, perEndpoint, mailRelay, mailFrom } = config;
  const timeoutMs = callbackTimeoutSeconds * 1000;
  const http = createHttpClient({
    timeoutMs,
    connectionsPerOrigin: perEndpoint,
    allowPrivate: config.allowPrivateCallbacks,
  });
  const relay = mailRelay === null ? null : createMailRelay({ url: mailRelay, from: mailFrom, timeoutMs });
  return {
    async send(request) {
      const address = readMailto(request.url);
      if (address === null) return http.send(request);
      if (relay === null) return { status: 0, error: 'no mail relay is set (CHAPPE_MAIL_RELAY)' };
      const error = await relay.send({ ...address, text: request.body ?? '' });
      return error === null ? taken : { status: 0, error };
    },
    async close() {
      relay?.close();
      await http.close();
    },
  };
}

/** Sends a mail. Returns the reason of a failure, or null when the relay accepted it. */
export function createSendMail(callbackTransport: HttpClient): SendMail {
  return async (to, subject, text) => {
    const url = `mailto:${encodeURIComponent(to)}?subject=${encodeURIComponent(subject)}`;
    return (await callbackTransport.send({ method: 'POST', url, headers: {}, body: text, isGuarded: false }))
      .error;
  };
}
