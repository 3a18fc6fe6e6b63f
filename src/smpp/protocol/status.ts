// command_status: names (SMPP 3.4 §5.1.3) and what each one means for whoever got it as an answer.
// Serves sessions, connectors and the SMPP door. A code we do not know is taken as a final no.

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
 * throttled  slow down, then the same again: nothing is wrong with the request
 * temporary  the peer is in trouble: later, perhaps elsewhere
 * permanent  never, however often it is asked
 */
export type StatusMeaning = 'taken' | 'throttled' | 'temporary' | 'permanent';

const temporary: ReadonlySet<number> = new Set([
  commandStatus.ESME_RINVBNDSTS, // the bind is not what we think it is; a new one will be
  commandStatus.ESME_RSYSERR,
  commandStatus.ESME_RX_T_APPN,
]);

export function statusMeaning(code: number): StatusMeaning {
  if (code === commandStatus.ESME_ROK) return 'taken';
  if (code === commandStatus.ESME_RTHROTTLED || code === commandStatus.ESME_RMSGQFUL) return 'throttled';
  return temporary.has(code) ? 'temporary' : 'permanent';
}
