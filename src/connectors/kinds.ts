// All connector kinds. A further kind is one folder and one line here. Used by the process that opens connectors, by the
// command `chappe carrier add` and by the reference page of options.

import type { ConnectorKind } from '#domain/delivery/connector-kind.ts';
import { httpKind } from './http/kind.ts';
import { smppKind } from './smpp/kind.ts';

export const connectorKinds: ReadonlyMap<string, ConnectorKind> = new Map(
  [smppKind, httpKind].map((kind) => [kind.kind, kind]),
);
