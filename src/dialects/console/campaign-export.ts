// Streams the messages of a campaign as a CSV file: UTF-8 with a byte order mark, semicolons in French, one row for a message.
// Used by campaigns-routes.ts. A cell that a spreadsheet would take for a formula gets a leading apostrophe. Never holds more
// than one page of rows.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { causeOf } from '#domain/delivery/failure-causes.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { CampaignReports } from '#operations/reading/campaigns/service.ts';
import { notFound } from './errors.ts';
import { euros, iso, isoOrNull, phoneNumber } from './response.ts';

interface ExportOptions {
  readonly campaign: number;
  readonly language?: 'en' | 'fr';
  readonly spreadsheet?: boolean;
  readonly showsNumbers: boolean;
}

const heads = {
  en: [
    'message',
    'number',
    'country',
    'status',
    'cause',
    'segments',
    'cost',
    'due',
    'submitted',
    'finished',
    'text',
  ],
  fr: [
    'message',
    'numéro',
    'pays',
    'état',
    'cause',
    'segments',
    'coût',
    'prévu',
    'remis',
    'terminé',
    'texte',
  ],
} as const;

type Row = Awaited<ReturnType<CampaignReports['listRows']>>[number];

const pageSize = 2_000;

export async function sendExport(
  reports: CampaignReports,
  access: AccountAccess,
  options: ExportOptions,
  reply: FastifyReply,
): Promise<void> {
  if ((await reports.read(access, options.campaign)) === null) throw notFound();
  const rows = Readable.from(linesOf(reports, access, options), { objectMode: false });
  await reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="campaign-${options.campaign}.csv"`)
    .header('cache-control', 'no-store')
    .send(rows);
}

async function* linesOf(reports: CampaignReports, access: AccountAccess, options: ExportOptions) {
  const { campaign, language = 'en' } = options;
  yield `\uFEFF${lineOf([...heads[language]], language)}`;
  for (let afterId = 0; ; ) {
    const rows = await reports.listRows(access, campaign, { afterId, limit: pageSize });
    if (rows.length === 0) return;
    yield rows.map((row) => lineOf(cellsOf(row, options), language)).join('');
    afterId = rows.at(-1)!.id;
  }
}

function cellsOf(row: Row, { showsNumbers, spreadsheet = false }: ExportOptions): string[] {
  const number = phoneNumber(row.msisdn, showsNumbers);
  return [
    String(row.id),
    spreadsheet ? number.replace(/^\+/, '') : number,
    row.country,
    row.status,
    causeOf(row.status, row.error) ?? '',
    String(row.segments),
    euros(row.costMicros),
    iso(row.dueAtMs),
    isoOrNull(row.submittedAtMs) ?? '',
    isoOrNull(row.doneAtMs) ?? '',
    row.text,
  ];
}

const numberForm = /^\+[\d•]+$/;

/** RFC 4180, and OWASP's rule against formulas: a plus before digits only is one of our numbers. */
function lineOf(cells: readonly string[], language: 'en' | 'fr'): string {
  const separator = language === 'fr' ? ';' : ',';
  const written = cells.map((cell) => {
    const safe = /^[=+\-@\t\r]/.test(cell) && !numberForm.test(cell) ? `'${cell}` : cell;
    return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${written.join(separator)}\r\n`;
}
