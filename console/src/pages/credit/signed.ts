// Amounts of credit notes are positive in the contract and negative for people. Used by the pages of invoices.

export function signed(kind: 'invoice' | 'credit_note', amount: string): string {
  if (kind === 'invoice' || /^[0.]*$/.test(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
