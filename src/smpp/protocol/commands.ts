// The grammar of SMPP 3.4: each PDU, and its mandatory fields in the order of the wire.
// Used by the codec, which walks these tables, and by all code that names a PDU or a field; the spelling is the
// specification's own. Holds no behaviour.

import { commandStatus } from './status.ts';

interface IntField<Name extends string> {
  readonly kind: 'int';
  readonly name: Name;
}

interface TextField<Name extends string> {
  readonly kind: 'text';
  readonly name: Name;
  /** Most octets on the wire, the closing NUL included (SMPP 3.4 §4). */
  readonly limit: number;
  /** command_status for a longer field. */
  readonly refusal: number;
}

interface OctetsField<Name extends string> {
  readonly kind: 'octets';
  readonly name: Name;
  readonly limit: number;
  readonly refusal: number;
}

/** Destinations of submit_multi (SMPP 3.4 §4.5.1.1), behind one octet with their number. */
interface DestinationsField<Name extends string> {
  readonly kind: 'destinations';
  readonly name: Name;
}

/** Failed destinations in submit_multi_resp (SMPP 3.4 §4.5.2.1), behind one octet with their number. */
interface FailuresField<Name extends string> {
  readonly kind: 'failures';
  readonly name: Name;
}

export type Field =
  | IntField<string>
  | TextField<string>
  | OctetsField<string>
  | DestinationsField<string>
  | FailuresField<string>;

/** A phone, or the name of a distribution list. */
export type Destination =
  | {
      readonly dest_flag: 1;
      readonly dest_addr_ton: number;
      readonly dest_addr_npi: number;
      readonly destination_addr: string;
    }
  | { readonly dest_flag: 2; readonly dl_name: string };

export interface FailedDestination {
  readonly dest_addr_ton: number;
  readonly dest_addr_npi: number;
  readonly destination_addr: string;
  readonly error_status_code: number;
}

/** Most destinations of one submit_multi: its count is one octet, and 255 is reserved. */
export const maxDestinations = 254;
/** With its NUL, of a destination and of dl_name. */
export const destinationLimit = 21;

/** One octet, unsigned: the only width of integer among the mandatory fields of these PDUs. */
function int<const Name extends string>(name: Name): IntField<Name> {
  return { kind: 'int', name };
}

/** C-octet string. */
function text<const Name extends string>(name: Name, limit: number, refusal: number): TextField<Name> {
  return { kind: 'text', name, limit, refusal };
}

/** Octets behind one octet of length (sm_length). */
function octets<const Name extends string>(name: Name, limit: number, refusal: number): OctetsField<Name> {
  return { kind: 'octets', name, limit, refusal };
}

interface ValueByKind {
  int: number;
  text: string;
  octets: Uint8Array;
  destinations: readonly Destination[];
  failures: readonly FailedDestination[];
}
type FieldValue<F> = F extends { kind: infer Kind extends keyof ValueByKind } ? ValueByKind[Kind] : never;
type FieldsIn<List extends readonly Field[]> = {
  [F in List[number] as F['name']]: FieldValue<F>;
};
type ValuesIn<List extends readonly Field[]> = { [Index in keyof List]: FieldValue<List[Index]> };

/** Optional parameters by tag, as raw octets; of a repeated tag, the last one. */
export type Tlvs = ReadonlyMap<number, Uint8Array>;

interface Head {
  readonly command: string;
  readonly command_status: number;
  readonly sequence_number: number;
  readonly tlvs: Tlvs;
}

/**
 * Fields in the order of the wire, and the object they are read into from values in that order. It is written out as
 * a literal because that costs 80 ns for a deliver_sm, against 650 ns for filling the fields in by name (Node 24);
 * the compiler compares names and kinds with the list, the round trip in codec.test.ts the places.
 */
interface PduFormat<List extends readonly Field[]> {
  readonly fields: List;
  readonly build: (
    command: string,
    status: number,
    sequence: number,
    tlvs: Tlvs,
    values: ValuesIn<List>,
  ) => FieldsIn<List> & Head;
}

function format<const List extends readonly Field[]>(
  fields: List,
  build: PduFormat<List>['build'],
): PduFormat<List> {
  return { fields, build };
}

/**
 * With their NUL. Quirk: SMPP 3.4 §5.2.1 and §5.2.2 allow 16 and 9; carriers give out passwords of 12 to 64 characters
 * (Infobip, SMSFire; Kannel cuts them and is refused), and system ids of 17 (OpenMarket).
 */
const longestCredential = 65;

const bind = format(
  [
    text('system_id', longestCredential, commandStatus.ESME_RINVSYSID),
    text('password', longestCredential, commandStatus.ESME_RINVPASWD),
    text('system_type', 13, commandStatus.ESME_RINVSYSTYP),
    int('interface_version'),
    int('addr_ton'),
    int('addr_npi'),
    text('address_range', 41, commandStatus.ESME_RBINDFAIL),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    system_id: v[0],
    password: v[1],
    system_type: v[2],
    interface_version: v[3],
    addr_ton: v[4],
    addr_npi: v[5],
    address_range: v[6],
  }),
);

const bindResp = format(
  [text('system_id', longestCredential, commandStatus.ESME_RINVSYSID)],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    system_id: v[0],
  }),
);

/** submit_sm and deliver_sm are laid out alike (SMPP 3.4 §4.4.1, §4.6.1). */
const shortMessage = format(
  [
    text('service_type', 6, commandStatus.ESME_RINVSERTYP),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
    int('dest_addr_ton'),
    int('dest_addr_npi'),
    text('destination_addr', 21, commandStatus.ESME_RINVDSTADR),
    int('esm_class'),
    int('protocol_id'),
    int('priority_flag'),
    text('schedule_delivery_time', 17, commandStatus.ESME_RINVSCHED),
    text('validity_period', 17, commandStatus.ESME_RINVEXPIRY),
    int('registered_delivery'),
    int('replace_if_present_flag'),
    int('data_coding'),
    int('sm_default_msg_id'),
    octets('short_message', 254, commandStatus.ESME_RINVMSGLEN),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    service_type: v[0],
    source_addr_ton: v[1],
    source_addr_npi: v[2],
    source_addr: v[3],
    dest_addr_ton: v[4],
    dest_addr_npi: v[5],
    destination_addr: v[6],
    esm_class: v[7],
    protocol_id: v[8],
    priority_flag: v[9],
    schedule_delivery_time: v[10],
    validity_period: v[11],
    registered_delivery: v[12],
    replace_if_present_flag: v[13],
    data_coding: v[14],
    sm_default_msg_id: v[15],
    short_message: v[16],
  }),
);

const multi = format(
  [
    text('service_type', 6, commandStatus.ESME_RINVSERTYP),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
    { kind: 'destinations', name: 'dest_address' },
    int('esm_class'),
    int('protocol_id'),
    int('priority_flag'),
    text('schedule_delivery_time', 17, commandStatus.ESME_RINVSCHED),
    text('validity_period', 17, commandStatus.ESME_RINVEXPIRY),
    int('registered_delivery'),
    int('replace_if_present_flag'),
    int('data_coding'),
    int('sm_default_msg_id'),
    octets('short_message', 254, commandStatus.ESME_RINVMSGLEN),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    service_type: v[0],
    source_addr_ton: v[1],
    source_addr_npi: v[2],
    source_addr: v[3],
    dest_address: v[4],
    esm_class: v[5],
    protocol_id: v[6],
    priority_flag: v[7],
    schedule_delivery_time: v[8],
    validity_period: v[9],
    registered_delivery: v[10],
    replace_if_present_flag: v[11],
    data_coding: v[12],
    sm_default_msg_id: v[13],
    short_message: v[14],
  }),
);

const multiResp = format(
  [text('message_id', 65, commandStatus.ESME_RINVMSGID), { kind: 'failures', name: 'unsuccess_sme' }],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    message_id: v[0],
    unsuccess_sme: v[1],
  }),
);

const cancel = format(
  [
    text('service_type', 6, commandStatus.ESME_RINVSERTYP),
    text('message_id', 65, commandStatus.ESME_RINVMSGID),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
    int('dest_addr_ton'),
    int('dest_addr_npi'),
    text('destination_addr', 21, commandStatus.ESME_RINVDSTADR),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    service_type: v[0],
    message_id: v[1],
    source_addr_ton: v[2],
    source_addr_npi: v[3],
    source_addr: v[4],
    dest_addr_ton: v[5],
    dest_addr_npi: v[6],
    destination_addr: v[7],
  }),
);

/** Without data_coding and esm_class: those of the original message hold (SMPP 3.4 §4.10.1). */
const replace = format(
  [
    text('message_id', 65, commandStatus.ESME_RINVMSGID),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
    text('schedule_delivery_time', 17, commandStatus.ESME_RINVSCHED),
    text('validity_period', 17, commandStatus.ESME_RINVEXPIRY),
    int('registered_delivery'),
    int('sm_default_msg_id'),
    octets('short_message', 254, commandStatus.ESME_RINVMSGLEN),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    message_id: v[0],
    source_addr_ton: v[1],
    source_addr_npi: v[2],
    source_addr: v[3],
    schedule_delivery_time: v[4],
    validity_period: v[5],
    registered_delivery: v[6],
    sm_default_msg_id: v[7],
    short_message: v[8],
  }),
);

const data = format(
  [
    text('service_type', 6, commandStatus.ESME_RINVSERTYP),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 65, commandStatus.ESME_RINVSRCADR),
    int('dest_addr_ton'),
    int('dest_addr_npi'),
    text('destination_addr', 65, commandStatus.ESME_RINVDSTADR),
    int('esm_class'),
    int('registered_delivery'),
    int('data_coding'),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    service_type: v[0],
    source_addr_ton: v[1],
    source_addr_npi: v[2],
    source_addr: v[3],
    dest_addr_ton: v[4],
    dest_addr_npi: v[5],
    destination_addr: v[6],
    esm_class: v[7],
    registered_delivery: v[8],
    data_coding: v[9],
  }),
);

const messageId = format(
  [text('message_id', 65, commandStatus.ESME_RINVMSGID)],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    message_id: v[0],
  }),
);

const query = format(
  [
    text('message_id', 65, commandStatus.ESME_RINVMSGID),
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    message_id: v[0],
    source_addr_ton: v[1],
    source_addr_npi: v[2],
    source_addr: v[3],
  }),
);

const queryResp = format(
  [
    text('message_id', 65, commandStatus.ESME_RINVMSGID),
    text('final_date', 17, commandStatus.ESME_RINVSCHED),
    int('message_state'),
    int('error_code'),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    message_id: v[0],
    final_date: v[1],
    message_state: v[2],
    error_code: v[3],
  }),
);

const outbind = format(
  [
    text('system_id', longestCredential, commandStatus.ESME_RINVSYSID),
    text('password', longestCredential, commandStatus.ESME_RINVPASWD),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    system_id: v[0],
    password: v[1],
  }),
);

/** A phone that was unavailable is back (SMPP 3.4 §4.12.1). It has no answer. */
const alertNotification = format(
  [
    int('source_addr_ton'),
    int('source_addr_npi'),
    text('source_addr', 65, commandStatus.ESME_RINVSRCADR),
    int('esme_addr_ton'),
    int('esme_addr_npi'),
    text('esme_addr', 65, commandStatus.ESME_RINVDSTADR),
  ],
  (command, command_status, sequence_number, tlvs, v) => ({
    command,
    command_status,
    sequence_number,
    tlvs,
    source_addr_ton: v[0],
    source_addr_npi: v[1],
    source_addr: v[2],
    esme_addr_ton: v[3],
    esme_addr_npi: v[4],
    esme_addr: v[5],
  }),
);

const empty = format([], (command, command_status, sequence_number, tlvs, _v) => ({
  command,
  command_status,
  sequence_number,
  tlvs,
}));

export const commands = {
  generic_nack: { id: 0x80000000, format: empty },
  bind_receiver: { id: 0x00000001, format: bind },
  bind_receiver_resp: { id: 0x80000001, format: bindResp },
  bind_transmitter: { id: 0x00000002, format: bind },
  bind_transmitter_resp: { id: 0x80000002, format: bindResp },
  query_sm: { id: 0x00000003, format: query },
  query_sm_resp: { id: 0x80000003, format: queryResp },
  submit_sm: { id: 0x00000004, format: shortMessage },
  submit_sm_resp: { id: 0x80000004, format: messageId },
  deliver_sm: { id: 0x00000005, format: shortMessage },
  deliver_sm_resp: { id: 0x80000005, format: messageId },
  unbind: { id: 0x00000006, format: empty },
  unbind_resp: { id: 0x80000006, format: empty },
  replace_sm: { id: 0x00000007, format: replace },
  replace_sm_resp: { id: 0x80000007, format: empty },
  cancel_sm: { id: 0x00000008, format: cancel },
  cancel_sm_resp: { id: 0x80000008, format: empty },
  bind_transceiver: { id: 0x00000009, format: bind },
  bind_transceiver_resp: { id: 0x80000009, format: bindResp },
  outbind: { id: 0x0000000b, format: outbind },
  enquire_link: { id: 0x00000015, format: empty },
  enquire_link_resp: { id: 0x80000015, format: empty },
  submit_multi: { id: 0x00000021, format: multi },
  submit_multi_resp: { id: 0x80000021, format: multiResp },
  alert_notification: { id: 0x00000102, format: alertNotification },
  data_sm: { id: 0x00000103, format: data },
  data_sm_resp: { id: 0x80000103, format: messageId },
} as const;

export type CommandName = keyof typeof commands;

/** The mandatory fields of a PDU, as the table above lists them. */
export type Fields<Name extends CommandName> = FieldsIn<(typeof commands)[Name]['format']['fields']>;

/** A PDU as read. Octets are views into the received bytes: copy those to store. */
export type PduOf<Name extends CommandName> = {
  readonly [N in Name]: Readonly<Fields<N>> & {
    readonly command: N;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly tlvs: Tlvs;
  };
}[Name];

export type Pdu = PduOf<CommandName>;

export type BindName = 'bind_transmitter' | 'bind_receiver' | 'bind_transceiver';
export type ShortMessageName = 'submit_sm' | 'deliver_sm';
/** Requests that wait in a window for their response. */
export type WindowedName =
  | 'submit_sm'
  | 'submit_multi'
  | 'deliver_sm'
  | 'data_sm'
  | 'query_sm'
  | 'cancel_sm'
  | 'replace_sm';

/** A row of the table in the form the codec walks. */
export interface CommandSpec<Name extends CommandName = CommandName> {
  readonly name: Name;
  readonly id: number;
  readonly isResponse: boolean;
  readonly fields: readonly Field[];
  readonly build: (
    command: string,
    status: number,
    sequence: number,
    tlvs: Tlvs,
    values: readonly unknown[],
  ) => unknown;
}

const noTlvList: readonly (readonly [number, Uint8Array])[] = [];
export const noTlvs: Tlvs = new Map(noTlvList);
export const noOctets = new Uint8Array(0);

/** Value of a field that was not sent. */
export const blankValues = { int: 0, text: '', octets: noOctets, destinations: [], failures: [] } as const;

function specOf(name: CommandName): CommandSpec {
  const { id, format } = commands[name];
  const build = format.build as CommandSpec['build'];
  return { name, id, isResponse: id >= 0x80000000, fields: format.fields, build };
}

export const specs = Object.fromEntries(
  (Object.keys(commands) as CommandName[]).map((name) => [name, specOf(name)]),
) as unknown as { readonly [Name in CommandName]: CommandSpec<Name> };

/** Known ids end in ten bits or fewer; the response bit makes the eleventh. */
const specsById: (CommandSpec | undefined)[] = new Array(0x400);
for (const spec of Object.values(specs)) specsById[slotOf(spec.id)] = spec;

function slotOf(id: number): number {
  return (id & 0x1ff) | ((id >>> 31) << 9);
}

/** The row of a command_id (unsigned), or undefined when SMPP 3.4 or we do not know it. */
export function specById(id: number): CommandSpec | undefined {
  const spec = specsById[slotOf(id)];
  return spec !== undefined && spec.id === id ? spec : undefined;
}

/** The answer to a request; undefined for responses, and for outbind and alert_notification, which have none. */
export function responseTo(spec: CommandSpec): CommandSpec | undefined {
  return spec.isResponse ? undefined : specById(spec.id + 0x80000000);
}
