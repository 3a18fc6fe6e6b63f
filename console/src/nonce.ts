// The nonce of the page for style elements. Used by main.tsx: Mantine takes it by an option, react-remove-scroll by get-nonce.
// Never made here: the server writes a fresh one into each page.
import { setNonce } from 'get-nonce';

const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
/** The attribute is hidden from scripts as text, the property is not. */
export const styleNonce = meta?.nonce || meta?.content || '';

export function setStyleNonce(): void {
  if (styleNonce !== '') setNonce(styleNonce);
}
