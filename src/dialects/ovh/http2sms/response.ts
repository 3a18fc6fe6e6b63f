// Writes the answers of http2sms, each in four forms (docs/dialects/ovh.md#http2sms): lines of text, lines of HTML, XML,
// JSON.
import { html } from '#dialects/shared/markup.ts';

export type AnswerForm = 'plain' | 'html' | 'xml' | 'json';

export interface Done {
  /** In credits, with two decimals as OVH shows them: `53.00`. */
  readonly creditLeft: string;
  readonly ids: readonly number[];
}

export interface Failed {
  readonly code: number;
  readonly message: string;
}

/** The form for the parameter contentType. Unknown values mean text, so that errors can be answered too. */
export function formOf(contentType: string | undefined): AnswerForm {
  return forms.get((contentType ?? '').trim().toLowerCase()) ?? 'plain';
}

const forms: ReadonlyMap<string, AnswerForm> = new Map([
  ['text/plain', 'plain'],
  ['text/html', 'html'],
  ['text/xml', 'xml'],
  ['application/xml', 'xml'],
  ['text/json', 'json'],
  ['application/json', 'json'],
]);

export const contentTypes: Readonly<Record<AnswerForm, string>> = {
  plain: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

const doneCode = 100;
const xmlHead = html`<?xml version="1.0" encoding="UTF-8"?>
`;

export function renderDone({ creditLeft, ids }: Done, form: AnswerForm): string {
  const smsIds = ids.map(String);
  switch (form) {
    case 'plain':
      return ['OK', creditLeft, ...smsIds, ''].join('\n');
    case 'html':
      return html`<HTML><BODY>OK<br>${creditLeft}<br>${smsIds.map((id) => html`${id}<br>`)}</BODY></HTML>
`.text;
    case 'xml':
      return html`${xmlHead}<response>
<status>${doneCode}</status>
<creditLeft>${creditLeft}</creditLeft>
<smsIds>
${smsIds.map((id) => html`<smsId>${id}</smsId>\n`)}</smsIds>
</response>
`.text;
    case 'json':
      // Quirk: the guide writes SmsIds, in reality there was smsIds; credits are a text (docs/dialects/ovh.md#http2sms).
      return JSON.stringify({ status: doneCode, creditLeft, SmsIds: smsIds, smsIds });
  }
}

export function renderFailed({ code, message }: Failed, form: AnswerForm): string {
  switch (form) {
    case 'plain':
      return `KO\n${message}\n`;
    case 'html':
      return html`<HTML><BODY>KO<br>${message}<br></BODY></HTML>
`.text;
    case 'xml':
      return html`${xmlHead}<response>
<status>${code}</status>
<message>${message}</message>
</response>
`.text;
    case 'json':
      return JSON.stringify({ status: code, message });
  }
}
