// The services and jobs of this process, built once from the settings. Used by process-parts.ts; the roles pass the services
// to the dialects and run the jobs.
import { capabilities } from '#dialects/capabilities.ts';
import { isWaiting } from '#dialects/ovh/api/delivery.ts';
import { readDocumentPath } from '#dialects/ovh/api/document-address.ts';
import { receivedHeader, renderReceived, renderSent, sentHeader } from '#dialects/ovh/api/export-columns.ts';
import type { CallbackTransports } from '#domain/delivery/callback.ts';
import { createDownloader } from '#lib/net/http-download.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';
import type { CredentialCaches } from '#operations/account/credentials/service.ts';
import { createServices, type ServiceSet } from '#operations/services.ts';
import { baseUrlOf } from './base-url.ts';
import { openCallbackTransports } from './callback-transports.ts';
import { carrierLinks } from './carrier-options.ts';
import { findLookupConnector } from './connector-set.ts';
import type { RoleContext } from './role.ts';

const megabyte = 1024 * 1024;

type Needs = Omit<RoleContext, 'services' | 'jobs' | 'readiness'>;

export function createProcessServices(context: Needs, credentials: CredentialCaches): ServiceSet {
  const { config, runtime, ports, wake } = context;
  const documentMaxBytes = config.documentMegabytes * megabyte;
  const downloader = createDownloader({
    maxBytes: documentMaxBytes,
    timeoutMs: config.downloadSeconds * 1000,
    allowPrivate: config.allowPrivateDownloads,
  });
  const baseUrl = baseUrlOf(config);
  // With the first test of a callback: most processes send none.
  let opened: CallbackTransports | null = null;
  const transports = () => (opened ??= openCallbackTransports(config, runtime.clock));
  return createServices(context, {
    dialects: capabilities,
    submit: context.submit,
    joinParts: context.joinParts,
    credentials,
    seal: runtime.seal,
    findLookupConnector: () => findLookupConnector(config, runtime),
    carrierLinks: carrierLinks(config, runtime.clock),
    sendCallback: (prepared, delivery) => transports().http(prepared, delivery),
    exportFormat: { sentHeader, renderSent, isWaiting, receivedHeader, renderReceived },
    // Under any host name: the platform does not fetch from itself, because its address is often private.
    readDocumentUrl: (url) => readDocumentPath(URL.parse(url)?.pathname ?? ''),
    fetchUrl: (url) => downloader.fetch(url),
    orderFormUrl: (token) => `${baseUrl}/orders/${token}`,
    consoleUrl: (path) => `${baseUrl}/console${path}`,
    wakeDispatch: () => ports.notices.chunksAdded(),
    wakeBatches: () => wake('batches'),
    wakeContactListCampaigns: () => wake('contact-list campaigns'),
    settings: {
      allowPrivateCallbacks: config.allowPrivateCallbacks,
      senderReview: config.senderReview,
      hasMailRelay: config.mailRelay !== null,
      priceList: { vatPercent: config.vatPercent, discounts: config.packDiscounts },
      documentMaxBytes,
      documentLifeMs: config.documentDays * dayMs,
      documentSums: {
        maxAccountBytes: config.documentAccountMegabytes * megabyte,
        maxTotalBytes: config.documentTotalMegabytes * megabyte,
      },
      stopShortCode: config.stopShortCode,
      defaultSender: config.defaultSender,
      purposeGuard: config.purposeGuard,
      validityMinutes: config.validityMinutes,
      retention: {
        keepDays: config.keepMessagesDays,
        receiptWindowMs: config.receiptWindowHours * hourMs,
      },
    },
  });
}
