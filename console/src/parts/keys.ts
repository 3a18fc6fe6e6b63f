// Keyboard shortcuts of single letters and sequences ("g m"). Used by the shell, tables and pages through `useKeys`.
// Never acts while a person types, holds a modifier, or has a dialog open.
import { useEffect, useRef } from 'react';

type Handler = (event: KeyboardEvent) => void;

const registered: { readonly keys: Readonly<Record<string, Handler>> }[] = [];
let isOn = true;
let pending = '';
let pendingTimer: ReturnType<typeof setTimeout> | undefined;

/** Single keys can be turned off (WCAG 2.1.4); Escape and Ctrl K stay. */
export function setKeysEnabled(enabled: boolean): void {
  isOn = enabled;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}

function handle(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector('[aria-modal="true"]') !== null) return;
  if (event.key !== 'Escape' && (!isOn || isTyping(event.target))) return;
  if (event.key === 'Escape' && isTyping(event.target)) return;
  const sequence = pending === '' ? event.key : `${pending} ${event.key}`;
  clearTimeout(pendingTimer);
  pending = '';
  // The newest registration wins: a panel over a page, a page over the shell.
  for (const { keys } of registered.toReversed()) {
    const handler = keys[sequence];
    if (handler) {
      event.preventDefault();
      handler(event);
      return;
    }
  }
  const isPrefix = registered.some(({ keys }) =>
    Object.keys(keys).some((key) => key.startsWith(`${sequence} `)),
  );
  if (!isPrefix) return;
  pending = sequence;
  pendingTimer = setTimeout(() => {
    pending = '';
  }, 1200);
}

let isListening = false;

export function useKeys(keys: Readonly<Record<string, Handler>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  const names = Object.keys(keys).join('\n');
  useEffect(() => {
    if (!isListening) document.addEventListener('keydown', handle);
    isListening = true;
    const entry = {
      keys: Object.fromEntries(
        names.split('\n').map((name) => [name, (event: KeyboardEvent) => latest.current[name]?.(event)]),
      ),
    };
    registered.push(entry);
    return () => {
      registered.splice(registered.indexOf(entry), 1);
    };
  }, [names]);
}
