// Reads submit_sm and data_sm into a submission (docs/dialects/smpp.md#submissions). Used by sessions.ts. Checks what SMPP itself
// demands; the plan checks numbers, senders, prices and credit. TON and NPI are never refused: clients set any of them.

import type { AccountSettings, SmppSettings } from '#domain/account/account.ts';
import type { MessageClass, Purpose } from '#domain/base/campaign.ts';
import type { Priority } from '#domain/base/priority-classes.ts';
import type { ReturnPath, WrittenAddress } from '#domain/base/return-path.ts';
import { type Submission, type SubmittedRecipient, submissionDefaults } from '#domain/base/submission.ts';
import { purposeByText } from '#domain/plan/purpose-guard.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import { alphabetOfText, decodeText, messageClassOf } from '#gsm/data-coding.ts';
import { hasNationalTable, isPortAddressed, readUserDataHeader } from '#gsm/udh.ts';
import { minuteMs } from '#lib/time/duration.ts';
import { noOctets, type PduOf } from '#smpp/protocol/commands.ts';
import { readTime } from '#smpp/protocol/time.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';
import { SmppRefusal } from './errors.ts';

export type SubmitPdu = PduOf<'submit_sm' | 'data_sm' | 'submit_multi'>;

/** What a submission says apart from its recipients. */
export interface ReadMessage {
  readonly text: string;
  /** Position in a text that the customer cut; null for a whole one. */
  readonly place: PartPlace | null;
  readonly messageClass: MessageClass | null;
}

const headerBit = 0x40;
/** A schedule up to this old is now: clocks differ. */
const pastToleranceMs = 10 * minuteMs;

/** The text of a PDU, or of its part of a longer one. */
export function readMessage(pdu: SubmitPdu, { alphabet }: SmppSettings): ReadMessage {
  const octets = userDataOf(pdu);
  const header = pdu.esm_class & headerBit ? readUserDataHeader(octets) : null;
  if (
    header !== null &&
    (octets.length === 0 || header.length > octets.length || octets[0]! + 1 > octets.length)
  )
    throw new SmppRefusal(
      'ESME_RINVESMCLASS',
      'esm_class says that the text begins with a header; it is longer than the text.',
    );
  if ((header !== null && isPortAddressed(octets)) || pdu.tlvs.has(tlvTags.destination_port))
    throw binaryRefused('A message to an application port');
  if (header !== null && hasNationalTable(octets))
    throw new SmppRefusal(
      'ESME_RSUBMITFAIL',
      'National language tables are not supported. Send the text as UCS-2 (data_coding 8).',
    );
  const body = header === null ? octets : octets.subarray(header.length);
  const dataCoding = pdu.data_coding;
  const known = alphabetOfText(body, dataCoding);
  if (known === 'binary') throw binaryRefused(`data_coding ${dataCoding}`);
  if (known === 'unreadable')
    throw new SmppRefusal(
      'ESME_RSUBMITFAIL',
      `data_coding ${dataCoding} is a compressed text, which is not supported. Send it uncompressed.`,
    );
  if (body.length === 0)
    throw new SmppRefusal('ESME_RINVMSGLEN', 'The text is empty: fill short_message or message_payload.');
  const text = decodeText(body, dataCoding === 0 && alphabet === 'latin1' ? 'latin1' : known);
  return {
    // PostgreSQL stores no NUL, and no half of a surrogate pair can be sent.
    text: text.replaceAll('\0', '').toWellFormed(),
    place: placeOf(header?.concatenation ?? placeInTlvs(pdu)),
    messageClass: tlvInt(pdu.tlvs, tlvTags.dest_addr_subunit) === 1 ? 0 : messageClassOf(dataCoding),
  };
}

/** The submission of a whole text to these addresses. */
export function readSubmission(
  pdu: SubmitPdu,
  { text, messageClass }: Pick<ReadMessage, 'text' | 'messageClass'>,
  settings: AccountSettings,
  nowMs: number,
): Submission {
  const { tier } = settings.smpp!;
  const sendAtMs = pdu.command === 'data_sm' ? null : readSchedule(pdu.schedule_delivery_time, nowMs);
  const purpose = readPurpose(pdu.service_type, settings, text);
  const priority = pdu.command === 'data_sm' ? null : priorityOf(pdu.priority_flag);
  const returnPath = readReturnPath(pdu);
  const sender = readAddress(pdu.source_addr_ton, pdu.source_addr);
  return {
    ...submissionDefaults,
    dialect: 'smpp',
    text,
    recipients: readRecipients(pdu),
    sender: sender === '' ? settings.campaign.premiumSender : sender,
    tier,
    purpose,
    stopClause: purpose === 'transactional' ? 'none' : 'demanded',
    sendAtMs,
    validityMs: readValidity(pdu, sendAtMs ?? nowMs, nowMs),
    fromOwnNumber: numericSender.test(sender),
    ...(messageClass !== null && { messageClass }),
    ...(priority !== null && { priority }),
    ...(returnPath !== null && { returnPath }),
  };
}

function userDataOf(pdu: SubmitPdu): Uint8Array {
  const payload = pdu.tlvs.get(tlvTags.message_payload) ?? noOctets;
  const short = pdu.command === 'data_sm' ? noOctets : pdu.short_message;
  if (short.length > 0 && payload.length > 0)
    throw new SmppRefusal(
      'ESME_RINVMSGLEN',
      'short_message and message_payload both have a text: fill one of them.',
    );
  return payload.length > 0 ? payload : short;
}

function binaryRefused(subject: string): SmppRefusal {
  return new SmppRefusal(
    'ESME_RSUBMITFAIL',
    `${subject} is binary content, which this platform does not send. Send a text.`,
  );
}

/** A text in one part is whole. */
function placeOf(place: PartPlace | null): PartPlace | null {
  return place === null || place.total < 2 ? null : place;
}

/** SMPP 3.4 §5.3.2.22 to 24. */
function placeInTlvs({ tlvs }: SubmitPdu): PartPlace | null {
  const reference = tlvInt(tlvs, tlvTags.sar_msg_ref_num);
  const total = tlvInt(tlvs, tlvTags.sar_total_segments);
  const part = tlvInt(tlvs, tlvTags.sar_segment_seqnum);
  if (reference === undefined || total === undefined || part === undefined) return null;
  return part < 1 || part > total ? null : { reference, total, part };
}

const internationalTon = 1;

/** With a plus if its type of number says so; otherwise as written, which the plan reads with the country of the account. */
export function readAddress(ton: number, written: string): string {
  const address = written.trim();
  if (ton !== internationalTon || !/^\d+$/.test(address)) return address;
  return `+${address.replace(/^00/, '')}`;
}

/** The numbers as the plan reads them; each destination of submit_multi in its order. */
function readRecipients(pdu: SubmitPdu): SubmittedRecipient[] {
  if (pdu.command !== 'submit_multi')
    return [{ number: readAddress(pdu.dest_addr_ton, pdu.destination_addr) }];
  return pdu.dest_address.map((destination) => {
    if (destination.dest_flag === 2)
      throw new SmppRefusal('ESME_RINVDLNAME', 'Distribution lists do not exist here. Give the numbers.');
    return { number: readAddress(destination.dest_addr_ton, destination.destination_addr) };
  });
}

/** A number as sender can receive replies. */
const numericSender = /^\+?\d+$/;

function readSchedule(written: string, nowMs: number): number | null {
  if (written === '') return null;
  const atMs = readTime(written, nowMs);
  if (atMs === null)
    throw new SmppRefusal(
      'ESME_RINVSCHED',
      'schedule_delivery_time is no time of SMPP: write YYMMDDhhmmsstnnp.',
    );
  if (atMs < nowMs - pastToleranceMs)
    throw new SmppRefusal(
      'ESME_RINVSCHED',
      'schedule_delivery_time is in the past. Leave it empty to send now.',
    );
  return atMs;
}

/** Time after the due time. A relative validity counts from the submission, not from the schedule. */
function readValidity(pdu: SubmitPdu, dueAtMs: number, nowMs: number): number | null {
  if (pdu.command === 'data_sm') {
    const seconds = tlvInt(pdu.tlvs, tlvTags.qos_time_to_live);
    return seconds === undefined || seconds === 0 ? null : seconds * 1000;
  }
  if (pdu.validity_period === '') return null;
  const untilMs = readTime(pdu.validity_period, nowMs);
  if (untilMs === null)
    throw new SmppRefusal('ESME_RINVEXPIRY', 'validity_period is no time of SMPP: write YYMMDDhhmmsstnnp.');
  if (untilMs <= dueAtMs)
    throw new SmppRefusal(
      'ESME_RINVEXPIRY',
      'validity_period ends before the message is sent. Choose a later time.',
    );
  return untilMs - dueAtMs;
}

/** Words of service_type (docs/dialects/smpp.md#purpose); others leave the decision to the account. */
function readPurpose(serviceType: string, { defaultPurpose }: AccountSettings, text: string): Purpose {
  switch (serviceType.trim().toUpperCase()) {
    case 'TRANS':
    case 'OTP':
      return 'transactional';
    case 'PROMO':
      return 'marketing';
    default:
      return defaultPurpose === 'by-text' ? purposeByText(text) : defaultPurpose;
  }
}

/** Null: by purpose and size. SMPP 3.4 §5.2.14: 0 is the lowest and the default of clients. */
function priorityOf(flag: number): Priority | null {
  if (flag === 0) return null;
  return flag === 1 ? 'medium' : 'high';
}

const wishes = [null, 'all', 'failures', 'successes'] as const;

/** Null: no receipt is wanted. Bits 1 and 0 of registered_delivery (SMPP 3.4 §5.2.17; 3 is success only, SMPP 5.0 §4.7.21). */
function readReturnPath(pdu: SubmitPdu): ReturnPath | null {
  const wants = wishes[pdu.registered_delivery & 0x03]!;
  if (wants === null) return null;
  const reference = tlvInt(pdu.tlvs, tlvTags.user_message_reference);
  return {
    wants,
    source: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr],
    ...writtenDestination(pdu),
    ...(reference !== undefined && { reference }),
  };
}

/** Absent in the usual form of a number, which receipts have without it. */
function writtenDestination(pdu: SubmitPdu): Pick<ReturnPath, 'destination'> {
  if (pdu.command === 'submit_multi') return {};
  const { dest_addr_ton: ton, dest_addr_npi: npi, destination_addr: address } = pdu;
  const isUsual = ton === 1 && npi === 1 && /^[1-9]\d{6,14}$/.test(address);
  const destination: WrittenAddress = [ton, npi, address];
  return isUsual ? {} : { destination };
}
