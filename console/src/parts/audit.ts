// The change of an entry of the audit trail as one line. Used by the trail of an account and by that of the operator.

interface Entry {
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** `name: old → new` of each changed value. */
export function changesOf({ before, after }: Entry): string {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const show = (value: unknown) =>
    value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return names
    .map((name) =>
      before === null
        ? `${name}: ${show(after?.[name])}`
        : `${name}: ${show(before[name])} → ${show(after?.[name])}`,
    )
    .join(', ');
}
