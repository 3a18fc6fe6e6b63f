// Fields of a submission over a bind that its receipts repeat, as the customer wrote them. Used by the SMPP dialect, which
// reads and writes them; stored with the campaign. Absent for every other dialect.

/** An address as written: type of number, numbering plan (SMPP 3.4 §5.2.5 and §5.2.6), digits or name. */
export type WrittenAddress = readonly [ton: number, npi: number, address: string];

export interface ReturnPath {
  /** Final results that are reported. */
  readonly wants: 'all' | 'failures' | 'successes';
  /** The sender: receipts go to it. */
  readonly source: WrittenAddress;
  /** The recipient: receipts come from it. Absent for several recipients. */
  readonly destination?: WrittenAddress;
  /** user_message_reference of the submission. */
  readonly reference?: number;
  /** The customer sent the text in parts: the id of each part that asked for a receipt. Absent: the id of the campaign. */
  readonly partIds?: readonly number[];
}
