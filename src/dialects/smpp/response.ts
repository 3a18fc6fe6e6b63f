// The state of a message in query_sm_resp (docs/dialects/smpp.md#query-and-cancellation). Used by requests.ts.

import { isFinal, type MessageStatus } from '#domain/base/message.ts';
import { renderAbsoluteTime } from '#smpp/protocol/time.ts';
import { finalStateOf } from './callback.ts';

interface MessageState {
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly doneAtMs: number | null;
}

const enroute = 1;

/** Of several messages the first one without an end counts, otherwise the last. `final_date` is empty until then. */
export function stateOf({ messages }: { readonly messages: readonly MessageState[] }) {
  const message = messages.find(({ status }) => !isFinal(status) && status !== 'unknown') ?? messages.at(-1);
  const state = message === undefined ? null : finalStateOf(message.status, message.error);
  if (message === undefined || state === null) return { message_state: enroute };
  const { doneAtMs, error } = message;
  return {
    message_state: state.code,
    final_date: doneAtMs === null ? '' : renderAbsoluteTime(doneAtMs),
    // One octet (SMPP 3.4 §4.8.2).
    error_code: error !== null && /^\d{1,3}$/.test(error) && Number(error) < 256 ? Number(error) : 0,
  };
}
