// The grammar of SMPP 3.4: each PDU, and its mandatory fields in the order of the wire.
// Serves the codec, which walks these tables, and everybody who names a PDU or a field; the spelling is the
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
  /** What the peer is told when the field is longer than that. */
  readonly refusal: number;
}

interface OctetsField<Name extends string> {
  readonly kind: 'octets';
  readonly name: Name;
  readonly limit: number;
  readonly refusal: number;
}

export type Field = IntField<string> | TextField<string> | OctetsField<string>;

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

const bindFields = [
  text('system_id', 16, commandStatus.ESME_RINVSYSID),
  text('password', 9, commandStatus.ESME_RINVPASWD),
  text('system_type', 13, commandStatus.ESME_RINVSYSTYP),
  int('interface_version'),
  int('addr_ton'),
  int('addr_npi'),
  text('address_range', 41, commandStatus.ESME_RBINDFAIL),
] as const;

const bindRespFields = [text('system_id', 16, commandStatus.ESME_RINVSYSID)] as const;

/** submit_sm and deliver_sm are laid out alike (SMPP 3.4 §4.4.1, §4.6.1). */
const shortMessageFields = [
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
] as const;

const dataFields = [
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
] as const;

const messageIdFields = [text('message_id', 65, commandStatus.ESME_RINVMSGID)] as const;

const queryFields = [
  text('message_id', 65, commandStatus.ESME_RINVMSGID),
  int('source_addr_ton'),
  int('source_addr_npi'),
  text('source_addr', 21, commandStatus.ESME_RINVSRCADR),
] as const;

const queryRespFields = [
  text('message_id', 65, commandStatus.ESME_RINVMSGID),
  text('final_date', 17, commandStatus.ESME_RINVSCHED),
  int('message_state'),
  int('error_code'),
] as const;

const outbindFields = [
  text('system_id', 16, commandStatus.ESME_RINVSYSID),
  text('password', 9, commandStatus.ESME_RINVPASWD),
] as const;

const noFields = [] as const;

export const commands = {
  generic_nack: { id: 0x80000000, fields: noFields },
  bind_receiver: { id: 0x00000001, fields: bindFields },
  bind_receiver_resp: { id: 0x80000001, fields: bindRespFields },
  bind_transmitter: { id: 0x00000002, fields: bindFields },
  bind_transmitter_resp: { id: 0x80000002, fields: bindRespFields },
  query_sm: { id: 0x00000003, fields: queryFields },
  query_sm_resp: { id: 0x80000003, fields: queryRespFields },
  submit_sm: { id: 0x00000004, fields: shortMessageFields },
  submit_sm_resp: { id: 0x80000004, fields: messageIdFields },
  deliver_sm: { id: 0x00000005, fields: shortMessageFields },
  deliver_sm_resp: { id: 0x80000005, fields: messageIdFields },
  unbind: { id: 0x00000006, fields: noFields },
  unbind_resp: { id: 0x80000006, fields: noFields },
  bind_transceiver: { id: 0x00000009, fields: bindFields },
  bind_transceiver_resp: { id: 0x80000009, fields: bindRespFields },
  outbind: { id: 0x0000000b, fields: outbindFields },
  enquire_link: { id: 0x00000015, fields: noFields },
  enquire_link_resp: { id: 0x80000015, fields: noFields },
  data_sm: { id: 0x00000103, fields: dataFields },
  data_sm_resp: { id: 0x80000103, fields: messageIdFields },
} as const;

export type CommandName = keyof typeof commands;

type FieldValue<F> = F extends { kind: 'int' } ? number : F extends { kind: 'text' } ? string : Uint8Array;
type FieldsIn<List extends readonly Field[]> = {
  [F in List[number] as F['name']]: FieldValue<F>;
};

/** The mandatory fields of a PDU, as the table above lists them. */
export type Fields<Name extends CommandName> = FieldsIn<(typeof commands)[Name]['fields']>;

/** Optional parameters by tag, as raw octets; when a tag comes twice the last one stands. */
export type Tlvs = ReadonlyMap<number, Uint8Array>;

/** A PDU as read. Octets are views into the bytes received: copy what is to be kept. */
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
/** What can wait in a window for its answer. */
export type WindowedName = 'submit_sm' | 'deliver_sm' | 'data_sm' | 'query_sm';

/** A row of the table in the form the codec walks. */
export interface CommandSpec<Name extends CommandName = CommandName> {
  readonly name: Name;
  readonly id: number;
  readonly isResponse: boolean;
  readonly fields: readonly Field[];
  /** Every field empty or zero: what a PDU without a body reads as, and the shape that decoding fills. */
  readonly blank: Readonly<Record<string, unknown>>;
}

const noTlvList: readonly (readonly [number, Uint8Array])[] = [];
export const noTlvs: Tlvs = new Map(noTlvList);
export const noOctets = new Uint8Array(0);

function specOf(name: CommandName): CommandSpec {
  const { id, fields } = commands[name];
  const blank: Record<string, unknown> = {
    command: name,
    command_status: 0,
    sequence_number: 0,
    tlvs: noTlvs,
  };
  for (const field of fields as readonly Field[]) {
    blank[field.name] = field.kind === 'int' ? 0 : field.kind === 'text' ? '' : noOctets;
  }
  return { name, id, isResponse: id >= 0x80000000, fields, blank };
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

/** The answer to a request; undefined for responses and for outbind, which has none. */
export function responseTo(spec: CommandSpec): CommandSpec | undefined {
  return spec.isResponse ? undefined : specById(spec.id + 0x80000000);
}
