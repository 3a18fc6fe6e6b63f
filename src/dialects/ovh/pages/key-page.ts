// Writes the layout and the headers of the key pages: a centred card, readable on a phone, without a script. Used by
// key-pages.ts. The content security policy allows only the page's style and its form.
import { hash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { Html, html } from '#dialects/shared/markup.ts';

/** The colours are those of the console (console/src/tokens.css). */
const styles = `
:root { color-scheme: light dark; --ink: #17222e; --quiet: #4a5563; --line: #d8d3c7; --edge: #8a8577; --back: #f6f4ef;
  --card: #fff; --field: #fff; --accent: #0b5c68; --on-accent: #fff; --tint: #ece9e1; --bad: #a82a1f; --bad-tint: #f8dfda;
  --good: #1b6b3a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e6de; --quiet: #b4bcc5; --line: #2c3743; --edge: #6f7c8a; --back: #11171e; --card: #19212a;
    --field: #0c1116; --accent: #6fc3cc; --on-accent: #0c1116; --tint: #0c1116; --bad: #f58b7c; --bad-tint: #45201b;
    --good: #74cc92; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.brand { max-width: 36rem; margin: 0 auto 1rem; font-weight: 650; letter-spacing: -0.01em; }
.brand span { color: var(--quiet); font-weight: 400; }
main { max-width: 36rem; margin: 0 auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1rem; }
p { margin: 0.5rem 0; overflow-wrap: anywhere; }
.quiet, .hint { color: var(--quiet); }
.hint { display: block; margin: 0.25rem 0 0; font-size: 0.875rem; font-weight: 400; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.rules { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 6px; }
.rules li { padding: 0.7rem 0.9rem; }
.rules li + li { border-top: 1px solid var(--line); }
.rules .hint { margin: 0; }
label { display: block; margin: 1rem 0 0; font-weight: 550; }
input, select, textarea { display: block; width: 100%; margin-top: 0.3rem; padding: 0.6rem 0.7rem; color: inherit;
  background: var(--field); border: 1px solid var(--edge); border-radius: 6px; font: inherit; font-weight: 400; }
textarea { min-height: 7rem; resize: vertical; font: 0.9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
textarea.short { min-height: 4rem; }
:is(input, select, textarea, button, a):focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.75rem; }
button { flex: 1 1 10rem; padding: 0.7rem 1rem; border: 1px solid var(--accent); border-radius: 6px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; }
button.second { background: none; color: inherit; border-color: var(--edge); }
.said { margin: 1rem 0; padding: 0.7rem 0.9rem; border-radius: 6px; background: var(--bad-tint); color: var(--bad); }
dl { margin: 1.25rem 0 0; }
dt { margin-top: 0.9rem; font-weight: 550; }
dd { margin: 0.3rem 0 0; padding: 0.6rem 0.7rem; background: var(--tint); border: 1px solid var(--line); border-radius: 6px; }
dd code { user-select: all; }
a { color: var(--accent); }
@media (max-width: 30rem) { body { padding: 1rem 0.75rem 3rem; } main { padding: 1.25rem; } }
`;

const styleHash = hash('sha256', styles, 'base64');

export interface Page {
  readonly title: string;
  readonly content: Html;
  readonly status?: number;
  /** An address that a form on the page may redirect to, besides this origin. */
  readonly leadsTo?: string | null;
}

export function sendPage(reply: FastifyReply, { title, content, status = 200, leadsTo }: Page): FastifyReply {
  const origin = leadsTo ? ` ${new URL(leadsTo).origin}` : '';
  return guarded(reply, `form-action 'self'${origin}`)
    .code(status)
    .type('text/html; charset=utf-8')
    .send(
      html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
<div class="brand">Chappe <span>SMS API</span></div>
<main>${content}</main>
</body>
</html>
`.text,
    );
}

/** 303: the browser continues by GET after any method. */
export function sendElsewhere(reply: FastifyReply, address: string): FastifyReply {
  return guarded(reply, "form-action 'none'").redirect(address, 303);
}

/**
 * The address of a page can contain a token, so other sites must not get it as the referrer. Not `no-referrer`, because browsers
 * then also omit the origin of this platform's forms.
 */
function guarded(reply: FastifyReply, formAction: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .header('x-robots-tag', 'noindex')
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${styleHash}'; ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    );
}
