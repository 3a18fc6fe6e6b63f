// The text of a mail that has only HTML. Serves mail.ts. It keeps words, lines and entities and drops everything else; it is
// no browser, and what it reads is shown to nobody.

/** The named entities of U+00A0 to U+00FF, in order (HTML 4.01 §24.2). */
const latin1Names = (
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml'
).split(' ');

const entities = new Map<string, string>([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['euro', '€'],
  ['OElig', 'Œ'],
  ['oelig', 'œ'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['bull', '•'],
  ['trade', '™'],
  ...latin1Names.map((name, i): [string, string] => [name, String.fromCharCode(0xa0 + i)]),
]);

/** Elements whose content is not text. */
const unread = new Set(['head', 'script', 'style', 'title']);
const endsLine = new Set([
  ...['br', 'hr', '/p', '/div', '/tr', '/li', '/table', '/ul', '/ol', '/blockquote', '/pre'],
  ...['/h1', '/h2', '/h3', '/h4', '/h5', '/h6'],
]);

export function htmlToText(html: string): string {
  return decodeEntities(withoutTags(html))
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
}

/** Walks forward only, so that no page takes longer than its length. */
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
    // What never ends is no text.
    if (end < open) return text;
    at = end + 1;
    const name = (tag[1] ?? '').toLowerCase();
    if (endsLine.has(name)) text += '\n';
    if (!unread.has(name)) continue;
    const closing = new RegExp(`</${name}`, 'gi');
    closing.lastIndex = at;
    const found = closing.exec(html);
    if (found === null) return text;
    at = found.index;
  }
}

/** Only with their semicolon: `&sect_id=1` of a form is no paragraph sign. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z0-9]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities.get(name) ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
