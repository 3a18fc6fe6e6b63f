// The connector kind `smpp`. Used by kinds.ts.

import type { ConnectorKind } from '#domain/delivery/connector-kind.ts';
import { createSmppConnector } from './connector.ts';
import { smppOptionTable } from './option-table.ts';
import { defaultSmppOptions, type LinkHabits, readSmppOptions, type SmppSettings } from './options.ts';
import { tryBind } from './try-bind.ts';

/** Of SMPP, at IANA. */
const registeredPort = 2775;

export const smppKind: ConnectorKind = {
  kind: 'smpp',
  options: smppOptionTable,
  capabilities: {
    receipts: 'each-segment',
    replies: true,
    binary: false,
    lookUp: false,
    leases: 'binds',
    inboundHttp: false,
  },
  describe(values) {
    const { host, port, systemId, binds, window, tps, tls } = {
      ...defaultSmppOptions,
      ...values,
    } as SmppSettings & typeof defaultSmppOptions;
    const limit = tps === 0 ? 'no rate limit' : `${tps}/s`;
    const bound = `${binds} bind${binds === 1 ? '' : 's'}`;
    return `${host}:${port} as ${systemId}, ${bound}, window ${window}, ${limit}${tls ? ', TLS' : ''}`;
  },
  targetOf({ host, port = registeredPort }) {
    const written = `smpp://${String(host).includes(':') ? `[${String(host)}]` : String(host)}:${String(port)}`;
    return URL.canParse(written) ? written : null;
  },
  test: ({ id, name, options }, { clock }) =>
    tryBind(readSmppOptions({ ...options, id, name } as SmppSettings), clock),
  open: ({ id, name, options, learnt }, events, deps) =>
    createSmppConnector({ ...options, id, name } as SmppSettings, events, deps, learnt as LinkHabits),
};
