// Writes the layout of order pages: one column, black on white, also for printing. Used by order-pages.ts.
import { Html, html } from '#dialects/shared/markup.ts';

/** The colours are those of the console (console/src/tokens.css), for paper. */
const styles = new Html(`
  :root { color-scheme: light; --ink: #17222e; --quiet: #4a5563; --line: #d8d3c7; --tint: #f6f4ef; }
  * { box-sizing: border-box; }
  body { margin: 0; padding: 2.5rem 1rem; background: var(--tint); color: var(--ink);
    font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
  main { max-width: 46rem; margin: 0 auto; padding: 3rem 3.25rem; background: #fff; border: 1px solid var(--line);
    border-radius: 6px; }
  h1 { margin: 0; font-size: 1.6rem; letter-spacing: -0.01em; }
  h2 { margin: 2.25rem 0 0.5rem; font-size: 0.8rem; font-weight: 600; text-transform: uppercase;
    letter-spacing: 0.06em; color: var(--quiet); }
  p { margin: 0.25rem 0; }
  .quiet { color: var(--quiet); }
  .head { display: flex; justify-content: space-between; gap: 2rem; align-items: flex-start; }
  .parties { display: flex; gap: 3rem; }
  .parties > div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  .state { padding: 0.15rem 0.7rem; border: 1px solid currentColor; border-radius: 1rem; font-size: 0.85rem;
    white-space: nowrap; }
  .open { color: #8a5300; } .paid { color: #1b6b3a; } .cancelled { color: #5b6470; }
  table { width: 100%; border-collapse: collapse; margin-top: 0.5rem; }
  th { text-align: left; font-weight: 600; border-bottom: 2px solid var(--ink); padding: 0.4rem 0; }
  td { border-bottom: 1px solid var(--line); padding: 0.55rem 0; vertical-align: top; }
  th.sum, td.sum { text-align: right; white-space: nowrap; padding-left: 1.5rem; font-variant-numeric: tabular-nums; }
  tfoot td { border-bottom: 0; padding: 0.25rem 0; }
  tfoot tr:first-child td { padding-top: 0.75rem; }
  tfoot tr.total td { font-size: 1.15rem; font-weight: 600; padding-top: 0.5rem; }
  .text { white-space: pre-line; overflow-wrap: anywhere; margin-top: 1rem; }
  footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 0.85rem;
    color: var(--quiet); }
  a { color: inherit; }
  @media (max-width: 40rem) { main { padding: 1.75rem 1.25rem; } .parties { flex-direction: column; gap: 0.5rem; } }
  @page { margin: 18mm; }
  @media print {
    body { padding: 0; background: #fff; font-size: 11pt; }
    main { max-width: none; padding: 0; border: 0; }
    tr, .parties, footer { break-inside: avoid; }
  }
`);

export function renderPage(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${styles}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
}
