// Handlers of the composer. Used by http-family.ts. A fault that the member can mend is `value-invalid`, with the field and the
// kind of the fault; the browser has the sentence in both languages.
import { Readable } from 'node:stream';
import { capabilities } from '#dialects/capabilities.ts';
import type { ComposedFile, CompositionContent } from '#domain/campaign/composition.ts';
import { CompositionError } from '#domain/campaign/composition-error.ts';
import type { Difference } from '#domain/campaign/estimate.ts';
import { formatEuro } from '#domain/money/micros.ts';
import { countriesWithClause, stopClausePatterns } from '#domain/plan/stop-clause.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { PreviewChoice } from '#operations/sending/compositions/check.ts';
import { approvalHandlers, renderApproval } from './approval-routes.ts';
import { renderRows } from './compose-rows.ts';
import type { composeCalls } from './contract/compose.ts';
import type { Answer, Body } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import { renderEstimate } from './estimate-response.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso, isoOrNull } from './response.ts';

type Content = Body<'compose.create'>['content'];

const money = (micros: bigint | string) => formatEuro(BigInt(micros), 6);

export function composeHandlers({ services }: ConsoleOptions): HandlersOf<typeof composeCalls> {
  const { compositions, senders, documents } = services;
  return {
    'compose.options': async ({ access }) => readOptions(services, access),
    async 'compose.list'({ access }) {
      return { rows: (await compositions.list(access)).map(renderDraft) };
    },
    async 'compose.create'({ access, body }) {
      const created = await compositions.create(access, readContent(body.content));
      if (created !== null) return renderDraft(created);
      throw new ConsoleRefusal('conflict', {
        detail: 'The account has 50 drafts that are not sent. Delete one first.',
        fields: { drafts: 'too-many' },
      });
    },
    async 'compose.read'({ access, parameters }) {
      return renderDraft(known(await compositions.read(access, parameters.draft)));
    },
    async 'compose.save'({ access, parameters, body: { version, content } }) {
      const change = { id: parameters.draft, version, content: readContent(content) };
      const saved = await compositions.save(access, change);
      if (saved === 'unknown') throw notFound();
      if (saved === 'conflict')
        throw new ConsoleRefusal('conflict', {
          detail: 'The draft was changed or sent in another window. Load it again.',
          fields: { version: 'outdated' },
        });
      return { version: saved };
    },
    async 'compose.remove'({ access, parameters }) {
      if (!(await compositions.remove(access, parameters.draft))) throw notFound();
      return {};
    },
    async 'compose.upload'({ access, parameters, request }) {
      return upload(documents, access, parameters.name, request.body as Readable | undefined);
    },
    async 'compose.check'({ access, parameters }) {
      const { counts, ...check } = known(await mend(compositions.check(access, parameters.draft)));
      const { ready, 'opted-out': optedOut, duplicate: duplicates, refused } = counts;
      return { ...check, ready, optedOut, duplicates, refused, samples: copied(check.samples) };
    },
    async 'compose.downloadRows'({ access, parameters: { draft, kind, language = 'en' } }) {
      const { content, rows } = known(await mend(compositions.readRows(access, draft, kind)));
      const name = `${(content.file?.name ?? 'chappe').replace(/\.[^.]*$/, '')}-${kind}.csv`;
      return {
        name,
        type: 'text/csv; charset=utf-8',
        bytes: renderRows(content.file?.header ?? [], rows, language),
      };
    },
    async 'compose.preview'({ access, parameters: { draft, which, position = 1 } }) {
      const choice: PreviewChoice = which === 'row' ? { kind: 'row', position } : { kind: which };
      const row = known(await mend(compositions.preview(access, draft, choice)));
      return { row: row === 'none' ? null : { ...row, values: { ...row.values } } };
    },
    async 'compose.estimate'({ access, parameters }) {
      return renderEstimate(known(await mend(compositions.estimate(access, parameters.draft))));
    },
    async 'compose.send'({ access, parameters, body }) {
      const result = known(await mend(compositions.send(access, parameters.draft, body.estimate)));
      return {
        state: result.state,
        campaign: 'campaignId' in result ? result.campaignId : null,
        differences: 'differences' in result ? result.differences.map(renderDifference) : [],
        estimate: 'estimate' in result ? renderEstimate(result.estimate) : null,
        maySend: 'maySend' in result && result.maySend,
      };
    },
    ...approvalHandlers(compositions),
    async 'campaigns.copy'({ access, parameters: { campaign }, body: { statuses } }) {
      const copied = known(await compositions.createFromCampaign(access, { campaignId: campaign, statuses }));
      if (typeof copied === 'string') throw notCopied(copied);
      const { id, recipients, leftOut } = copied;
      return { draft: id, recipients, leftOut: { ...leftOut } };
    },
    async 'campaigns.keepAsList'({ access, parameters: { campaign }, body: { list } }) {
      return { recipients: known(await compositions.keepAsList(access, campaign, list.trim())) };
    },
    async 'compose.test'({ access, parameters, body }) {
      const report = known(await mend(compositions.test(access, parameters.draft, body)));
      const { campaignId, firstMessageId, plan } = report;
      return {
        campaign: campaignId,
        message: firstMessageId,
        segments: plan.segments,
        cost: money(plan.costMicros),
      };
    },
  };

  async function readOptions(
    { compositions }: ConsoleOptions['services'],
    access: AccountAccess,
  ): Promise<Answer<'compose.options'>> {
    const [options, named, own] = await Promise.all([
      compositions.readOptions(access),
      senders.list(access),
      senders.listOwnNumbers(access),
    ]);
    const kinds = { alpha: 'name', numeric: 'number', shortcode: 'short-code' } as const;
    return {
      senders: [
        ...named.map(({ name, type, status }) => ({ name, kind: kinds[type], status })),
        ...own.map(({ number }) => ({
          name: number,
          kind: 'own-number' as const,
          status: 'enabled' as const,
        })),
      ],
      defaultSender: options.defaultSender,
      defaultCountry: options.defaultCountry,
      tiers: options.tiers.map(({ tier, priceMicros }) => ({
        tier,
        price: priceMicros === null ? null : money(priceMicros),
      })),
      purposeGuard: options.purposeGuard,
      skipsOptOutsAlways: options.skipsOptOutsAlways,
      stop: {
        clause: options.stopClause,
        countries: [...countriesWithClause],
        patterns: stopClausePatterns.map(({ source, flags }) => ({ source, flags })),
      },
      charsPerSegment: options.charsPerSegment,
      maxSegments: capabilities['console'].maxSegments,
      canReply: options.canReply,
      maxFileBytes: options.maxFileBytes,
      validityMinutes: options.validityMinutes,
      groups: options.groups.map((group) => ({ ...group })),
      available: money(options.availableMicros),
      approveAbove: options.approveAbove,
      deciders: options.deciders,
    };
  }
}

function notCopied(problem: 'none' | 'no-room' | 'full'): ConsoleRefusal {
  const sentences = {
    none: 'Nobody is left to send to: the others were reached, opted out, or cannot be reached.',
    'no-room': 'The files of this account take all of their room. Delete drafts with files first.',
    full: 'The account has 50 drafts that are not sent. Delete one first.',
  };
  return new ConsoleRefusal('conflict', { detail: sentences[problem], fields: { copy: problem } });
}

function known<T>(found: T | null): T {
  if (found === null) throw notFound();
  return found;
}

/** Faults of the content become refusals that name the field. */
async function mend<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CompositionError)
      throw new ConsoleRefusal('value-invalid', {
        detail: error.message,
        fields: { [error.field]: error.fault },
      });
    if (error instanceof ListError)
      throw new ConsoleRefusal('value-invalid', { detail: `${error.message}.` });
    throw error;
  }
}

/** Days that an uploaded file is kept, as long as its draft. */
const fileLifeMs = 30 * 24 * 3600 * 1000;

/** The first bytes of files that look like tables and are none: zip (xlsx, ods) and the older Excel. */
const spreadsheets: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

async function upload(
  documents: ConsoleOptions['services']['documents'],
  access: AccountAccess,
  name: string,
  body: Readable | undefined,
): Promise<Answer<'compose.upload'>> {
  const document = await documents.create(access, { kind: 'attached', name, lifeMs: fileLifeMs });
  if (document === null)
    throw new ConsoleRefusal('conflict', {
      detail: 'The account has too many files. Delete drafts with files first.',
      fields: { file: 'too-many' },
    });
  // Not closed if it is refused: the browser reads the answer only after it has written everything.
  const bytes = (body ?? Readable.from([])).iterator({ destroyOnReturn: false });
  try {
    const written = await documents.write(document, refuseSpreadsheet(bytes));
    if (typeof written === 'number') return { document: document.id, sizeBytes: written };
    throw fileRefused(written);
  } catch (error) {
    await documents.remove(access, document.id);
    (body as Readable | undefined)?.resume();
    throw error;
  }
}

async function* refuseSpreadsheet(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of bytes) {
    if (isFirst && spreadsheets.some((mark) => mark.every((byte, at) => piece[at] === byte)))
      throw new ConsoleRefusal('value-invalid', {
        detail: 'This is a spreadsheet. Save it as CSV UTF-8 and upload that file.',
        fields: { file: 'file-spreadsheet' },
      });
    isFirst = false;
    yield piece;
  }
}

function fileRefused(problem: 'unknown' | 'too-large' | 'account-full' | 'platform-full'): ConsoleRefusal {
  const sentences = {
    unknown: 'The file was deleted during its upload. Upload it again.',
    'too-large': 'The file is too large. Divide it, or remove columns that the text does not use.',
    'account-full': 'The files of this account take all of their room. Delete drafts with files first.',
    'platform-full': 'There is no room for more files at present. Try again later.',
  };
  return new ConsoleRefusal('value-invalid', { detail: sentences[problem], fields: { file: problem } });
}

function readContent({ sendAt, ...content }: Content): CompositionContent {
  const sendAtMs = sendAt === null ? null : Date.parse(sendAt);
  if (Number.isNaN(sendAtMs))
    throw new ConsoleRefusal('request-invalid', { fields: { 'content.sendAt': 'malformed' } });
  return { ...content, file: content.file as ComposedFile | null, sendAtMs };
}

function renderContent({ sendAtMs, ...content }: CompositionContent): Content {
  return structuredClone({ ...content, sendAt: isoOrNull(sendAtMs) }) as Content;
}

type Drafted = Awaited<ReturnType<ConsoleOptions['services']['compositions']['list']>>[number];

function renderDraft({
  id,
  version,
  content,
  changedBy,
  changedAtMs,
  campaignId,
  isSent,
  approval,
}: Drafted) {
  return {
    draft: id,
    version,
    content: renderContent(content),
    changedBy,
    changedAt: iso(changedAtMs),
    campaign: isSent ? campaignId : null,
    approval: approval && renderApproval(approval),
  };
}

function renderDifference(difference: Difference): Answer<'compose.send'>['differences'][number] {
  const { kind, before, after } = difference;
  const country = 'country' in difference ? { country: difference.country } : {};
  if (kind === 'cost' || kind === 'price')
    return { kind, ...country, before: euro(before), after: euro(after) };
  if (kind === 'leaves') return { kind, ...country, before: isoOrNull(before), after: isoOrNull(after) };
  return { kind, before, after };
}

const euro = (micros: string | null) => (micros === null ? null : money(micros));

type Samples = Answer<'compose.check'>['samples'];

const copied = (samples: unknown): Samples => structuredClone(samples) as Samples;
