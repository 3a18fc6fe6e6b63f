// Names the program of a visitor in words for people: "Firefox on Linux". Used for the list of sessions.

const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** An unknown program is named by the begin of its own name, at most 40 characters. */
export function describeAgent(userAgent: string): string {
  const find = (table: typeof programs) => table.find(([form]) => form.test(userAgent))?.[1];
  const program = find(programs) ?? (userAgent.split(/[\s/]/, 1)[0]!.slice(0, 40) || 'unknown');
  const system = find(systems);
  return system === undefined ? program : `${program} on ${system}`;
}
