// The connector kind `smpp`. Used by kinds.ts.

import type { ConnectorKind } from '#domain/delivery/connector-kind.ts';
import { createSmppConnector } from './connector.ts';
import { smppOptionTable } from './option-table.ts';
import type { LinkHabits, SmppSettings } from './options.ts';

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
  open: ({ id, name, options, learnt }, events, deps) =>
    createSmppConnector({ ...options, id, name } as SmppSettings, events, deps, learnt as LinkHabits),
};
