// Requests that a role may send, by kind of bind (SMPP 3.4 §2.3). Used by the session. Pure tables, no state.

import type { BindName, WindowedName } from './commands.ts';
import { commandStatus } from './status.ts';

export type Role = 'esme' | 'smsc';

/** By our role: the kind of bind that carries no requests to the peer, and the one that carries none from it. */
export const bindWithoutRequests: Readonly<Record<'to' | 'from', Readonly<Record<Role, BindName>>>> = {
  to: { esme: 'bind_receiver', smsc: 'bind_transmitter' },
  from: { esme: 'bind_transmitter', smsc: 'bind_receiver' },
};

/** By our role: requests that the peer never sends, with any bind. */
const foreignRequests: Readonly<Record<Role, readonly WindowedName[]>> = {
  esme: ['submit_sm', 'submit_multi', 'query_sm', 'cancel_sm', 'replace_sm'],
  smsc: ['deliver_sm'],
};

/** The command_status for a request of the peer; `bindName` is null if the session is not bound. */
export function refusalOf(role: Role, bindName: BindName | null, request: WindowedName): number {
  if (foreignRequests[role].includes(request)) return commandStatus.ESME_RINVCMDID;
  const isAllowed = bindName !== null && bindName !== bindWithoutRequests.from[role];
  return isAllowed ? commandStatus.ESME_ROK : commandStatus.ESME_RINVBNDSTS;
}
