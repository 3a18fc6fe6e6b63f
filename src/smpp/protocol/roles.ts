// Who may ask what, by role and kind of bind (SMPP 3.4 §2.3). Serves the session. Pure tables, no state.

import type { BindName, WindowedName } from './commands.ts';
import { commandStatus } from './status.ts';

export type Role = 'esme' | 'smsc';

/** The kind of bind over which the peer of this role hears nothing of ours. */
export const deafBind: Readonly<Record<Role, BindName>> = { esme: 'bind_receiver', smsc: 'bind_transmitter' };

/** The kind of bind over which the peer of this role may ask nothing. */
const muteBind: Readonly<Record<Role, BindName>> = { esme: 'bind_transmitter', smsc: 'bind_receiver' };

/** What the peer of this role never asks, whatever the bind. */
const foreignRequests: Readonly<Record<Role, readonly WindowedName[]>> = {
  esme: ['submit_sm', 'query_sm'],
  smsc: ['deliver_sm'],
};

/** The command_status for a request of the peer; `bindName` is null while no bind stands. */
export function refusalOf(role: Role, bindName: BindName | null, request: WindowedName): number {
  if (foreignRequests[role].includes(request)) return commandStatus.ESME_RINVCMDID;
  const isAllowed = bindName !== null && bindName !== muteBind[role];
  return isAllowed ? commandStatus.ESME_ROK : commandStatus.ESME_RINVBNDSTS;
}
