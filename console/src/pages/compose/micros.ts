// Differences of amounts in the decimal strings of the API, exactly. Used by SendSection.tsx.

const microsOf = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -micros : micros;
};

/** `a` minus `b`. */
export function subtract(a: string, b: string): string {
  const micros = microsOf(a) - microsOf(b);
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
