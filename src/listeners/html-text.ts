// Reads the text of a mail that has only HTML. Used by mime.ts. Keeps words, line breaks and entities and drops everything
// else. Takes time in proportion to the length of the page, whatever the page contains.

import { decodeHTMLStrict } from 'entities/decode';

/** Elements whose content is not text. */
const withoutText = new Set(['head', 'script', 'style', 'title']);
const endsLine = new Set([
  ...['br', 'hr', '/p', '/div', '/tr', '/li', '/table', '/ul', '/ol', '/blockquote', '/pre'],
  ...['/h1', '/h2', '/h3', '/h4', '/h5', '/h6'],
]);

/** Entities need their semicolon: `&sect_id=1` of a form is no section sign. */
export function htmlToText(html: string): string {
  return decodeHTMLStrict(withoutTags(html))
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
}

/** Only moves forward, so that no page takes longer than its length. */
function withoutTags(html: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    text += html.slice(at, open === -1 ? html.length : open).replace(/\s+/g, ' ');
    if (open === -1) return text;
    const tag = /^<(?:!--|(\/?[a-z][a-z0-9]*)|[!?])/i.exec(html.slice(open, open + 16));
    if (tag === null) {
      text += '<';
      at = open + 1;
      continue;
    }
    const end = tag[0] === '<!--' ? html.indexOf('-->', open + 4) + 2 : html.indexOf('>', open + 1);
    // A tag without an end and everything behind it is no text.
    if (end < open) return text;
    at = end + 1;
    const name = (tag[1] ?? '').toLowerCase();
    if (endsLine.has(name)) text += '\n';
    if (!withoutText.has(name)) continue;
    const closing = new RegExp(`</${name}`, 'gi');
    closing.lastIndex = at;
    const found = closing.exec(html);
    if (found === null) return text;
    at = found.index;
  }
}
