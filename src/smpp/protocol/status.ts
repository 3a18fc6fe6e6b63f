// command_status: names (SMPP 3.4 §5.1.3) and the meaning of each in a response.
// Used by sessions, connectors and the SMPP dialect. Each link can set other meanings of a carrier.

export const commandStatus = {
  ESME_ROK: 0x00,
  ESME_RINVMSGLEN: 0x01,
  ESME_RINVCMDLEN: 0x02,
  ESME_RINVCMDID: 0x03,
  ESME_RINVBNDSTS: 0x04,
  ESME_RALYBND: 0x05,
  ESME_RINVPRTFLG: 0x06,
  ESME_RINVREGDLVFLG: 0x07,
  ESME_RSYSERR: 0x08,
  ESME_RINVSRCADR: 0x0a,
  ESME_RINVDSTADR: 0x0b,
  ESME_RINVMSGID: 0x0c,
  ESME_RBINDFAIL: 0x0d,
  ESME_RINVPASWD: 0x0e,
  ESME_RINVSYSID: 0x0f,
  ESME_RCANCELFAIL: 0x11,
  ESME_RREPLACEFAIL: 0x13,
  ESME_RMSGQFUL: 0x14,
  ESME_RINVSERTYP: 0x15,
  ESME_RINVNUMDESTS: 0x33,
  ESME_RINVDLNAME: 0x34,
  ESME_RINVDESTFLAG: 0x40,
  ESME_RINVSUBREP: 0x42,
  ESME_RINVESMCLASS: 0x43,
  ESME_RCNTSUBDL: 0x44,
  ESME_RSUBMITFAIL: 0x45,
  ESME_RINVSRCTON: 0x48,
  ESME_RINVSRCNPI: 0x49,
  ESME_RINVDSTTON: 0x50,
  ESME_RINVDSTNPI: 0x51,
  ESME_RINVSYSTYP: 0x53,
  ESME_RINVREPFLAG: 0x54,
  ESME_RINVNUMMSGS: 0x55,
  ESME_RTHROTTLED: 0x58,
  ESME_RINVSCHED: 0x61,
  ESME_RINVEXPIRY: 0x62,
  ESME_RINVDFTMSGID: 0x63,
  ESME_RX_T_APPN: 0x64,
  ESME_RX_P_APPN: 0x65,
  ESME_RX_R_APPN: 0x66,
  ESME_RQUERYFAIL: 0x67,
  ESME_RINVOPTPARSTREAM: 0xc0,
  ESME_ROPTPARNOTALLWD: 0xc1,
  ESME_RINVPARLEN: 0xc2,
  ESME_RMISSINGOPTPARAM: 0xc3,
  ESME_RINVOPTPARAMVAL: 0xc4,
  ESME_RDELIVERYFAILURE: 0xfe,
  ESME_RUNKNOWNERR: 0xff,
} as const;

export type StatusName = keyof typeof commandStatus;

const namesByCode = new Map<number, StatusName>(
  (Object.entries(commandStatus) as [StatusName, number][]).map(([name, code]) => [code, name]),
);

/** `ESME_RTHROTTLED`, or the code in hexadecimal when the specification does not name it. */
export function statusName(code: number): string {
  return namesByCode.get(code) ?? `0x${code.toString(16).padStart(8, '0')}`;
}

/**
 * taken      the peer has it
 * throttled  the link is too fast: pause it, then the same again
 * temporary  this message later, here or over another carrier
 * elsewhere  this carrier cannot take it, another one may
 * permanent  never, also after repetitions
 */
export type StatusMeaning = 'taken' | 'throttled' | 'temporary' | 'elsewhere' | 'permanent';

/** Meanings that an operator can set for a status. */
export const settableMeanings = [
  'throttled',
  'temporary',
  'elsewhere',
  'permanent',
] as const satisfies StatusMeaning[];

const s = commandStatus;
const meanings = new Map<number, StatusMeaning>([
  [s.ESME_ROK, 'taken'],
  [s.ESME_RTHROTTLED, 'throttled'],
  // Its queue for one recipient may be full: other messages of the link are accepted.
  [s.ESME_RMSGQFUL, 'temporary'],
  [s.ESME_RINVBNDSTS, 'temporary'], // the peer's bind differs from ours; a new bind helps
  [s.ESME_RSYSERR, 'temporary'],
  [s.ESME_RX_T_APPN, 'temporary'],
  [s.ESME_RDELIVERYFAILURE, 'temporary'],
  // No route to the number, an unknown sender, a service that is not booked: matters of one carrier.
  [s.ESME_RSUBMITFAIL, 'elsewhere'],
  [s.ESME_RINVSRCADR, 'elsewhere'],
  [s.ESME_RINVDSTADR, 'elsewhere'],
  [s.ESME_RINVSERTYP, 'elsewhere'],
  [s.ESME_RINVSRCTON, 'elsewhere'],
  [s.ESME_RINVSRCNPI, 'elsewhere'],
  [s.ESME_RINVDSTTON, 'elsewhere'],
  [s.ESME_RINVDSTNPI, 'elsewhere'],
  [s.ESME_RINVSYSTYP, 'elsewhere'],
  [s.ESME_RUNKNOWNERR, 'elsewhere'],
  // SMPP 5.0 §4.7.6: a service type that is not authorized, prohibited, unavailable or denied.
  [0x100, 'elsewhere'],
  [0x101, 'elsewhere'],
  [0x102, 'elsewhere'],
  [0x103, 'elsewhere'],
]);

/** Statuses from here on are the vendor's own (SMPP 3.4 §5.1.3); mostly accounts without credit or route. */
const firstVendorStatus = 0x400;

/** `overrides` are the carrier's own, by code. */
export function statusMeaning(
  code: number,
  overrides: ReadonlyMap<number, StatusMeaning> = noOverrides,
): StatusMeaning {
  const known = overrides.get(code) ?? meanings.get(code);
  return known ?? (code >= firstVendorStatus ? 'elsewhere' : 'permanent');
}

const noOverrides: ReadonlyMap<number, StatusMeaning> = new Map();

/** `ESME_RSYSERR`, `RSYSERR`, `0x08` or `8`; null when it is none of these. */
export function readStatus(text: string): number | null {
  const name = text.toUpperCase();
  const known = commandStatus[name as StatusName] ?? commandStatus[`ESME_${name}` as StatusName];
  if (known !== undefined) return known;
  if (!/^(?:0X[0-9A-F]{1,8}|[0-9]{1,10})$/.test(name)) return null;
  const code = Number(name);
  return code <= 0xffffffff ? code : null;
}
