// The options of chappe carrier add that say how a carrier answers and writes its receipts. Used by carrier.ts; what
// they mean is in docs/operating/carriers.md#receipts.
import { zoneOffset } from '#domain/plan/schedule.ts';
import { carrierOptions } from '#main/carrier-options.ts';
import type { NewCarrier } from '#operations/operator/carriers.ts';
import { type Call, type Option, UsageError } from './command.ts';

const { findTextProblem, readStatus, receiptStates, settableMeanings } = carrierOptions;

export const receiptOptions: Readonly<Record<string, Option>> = {
  'id-form': {
    type: 'string',
    value: 'FORM',
    help: 'ids in receipts: same, hex-to-dec or dec-to-hex of the answer (auto: learnt)',
  },
  receipts: {
    type: 'string',
    value: 'HOW',
    help: 'for a long message: each part one, or any (auto: learnt)',
  },
  'receipt-zone': {
    type: 'string',
    value: 'ZONE',
    help: 'time zone of dates in receipts, e.g. Europe/Paris (auto: learnt)',
  },
  'state-words': {
    type: 'string',
    value: 'WORD=STATE,…',
    help: `what words of the carrier in stat: mean: ${receiptStates.join(', ')}`,
  },
  statuses: {
    type: 'string',
    value: 'STATUS=MEANING,…',
    help: `what a command_status means: ${settableMeanings.join(', ')} (e.g. 0x400=elsewhere)`,
  },
  'retry-status': {
    type: 'string',
    value: 'STATUS',
    help: 'answer to a receipt that could not be saved (ESME_RSYSERR)',
  },
};

type ReceiptSettings = Pick<
  NewCarrier['options'],
  'idForm' | 'receipts' | 'receiptZone' | 'stateWords' | 'statuses' | 'retryStatus'
>;

/** Only what was given: the connector has the rest. Throws a UsageError that names the option. */
export function readReceiptOptions(call: Call): ReceiptSettings {
  const idForm = oneOf(call, 'id-form', ['auto', 'same', 'hex-to-dec', 'dec-to-hex']);
  const receipts = oneOf(call, 'receipts', ['auto', 'each', 'any']);
  const receiptZone = readZone(call.text('receipt-zone'));
  const stateWords = readPairs(call, 'state-words', receiptStates, readWord);
  const statuses = readPairs(call, 'statuses', settableMeanings, (text) => {
    const status = readStatus(text);
    // 0 is success, whatever a carrier says.
    return status === null || status === 0 ? null : `0x${status.toString(16).padStart(2, '0')}`;
  });
  const retry = call.text('retry-status');
  const retryStatus = retry === undefined ? undefined : readStatus(retry);
  if (retryStatus === null || retryStatus === 0)
    throw new UsageError(
      `--retry-status is "${retry}", but must be a command_status, e.g. ESME_RMSGQFUL or 0x14`,
    );
  return {
    ...(idForm === undefined ? {} : { idForm }),
    ...(receipts === undefined ? {} : { receipts }),
    ...(receiptZone === undefined ? {} : { receiptZone }),
    ...(stateWords === undefined ? {} : { stateWords }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(retryStatus === undefined ? {} : { retryStatus }),
  };
}

function oneOf(call: Call, option: string, values: readonly string[]): string | undefined {
  const value = call.text(option);
  if (value === undefined || values.includes(value)) return value;
  throw new UsageError(`--${option} is "${value}", but must be ${values.join(', ')}`);
}

function readZone(zone: string | undefined): string | undefined {
  if (zone === undefined || zone === 'auto') return zone;
  try {
    zoneOffset(zone)(0);
    return zone;
  } catch {
    throw new UsageError(`--receipt-zone is "${zone}", but must be a zone such as Europe/Paris, or auto`);
  }
}

function readWord(text: string): string | null {
  const isWord = /^\S+$/.test(text) && findTextProblem('', text, 30) === null;
  return isWord ? text.toUpperCase() : null;
}

/** `KEY=VALUE,KEY=VALUE`. */
function readPairs(
  call: Call,
  option: string,
  values: readonly string[],
  readKey: (text: string) => string | null,
): Record<string, string> | undefined {
  const text = call.text(option);
  if (text === undefined) return undefined;
  const pairs: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [key = '', value = ''] = pair.split('=').map((side) => side.trim());
    const known = readKey(key);
    if (known === null || !values.includes(value))
      throw new UsageError(
        `--${option} has "${pair.trim()}", but takes pairs such as KEY=${values[0]} of ${values.join(', ')}`,
      );
    pairs[known] = value;
  }
  return pairs;
}
