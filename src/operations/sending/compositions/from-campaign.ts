// Makes a draft from a campaign: with all its recipients, or with those that it did not reach. Used by the service of compositions.
// Each recipient of a campaign with merge fields gets the text that they were sent: the values of the fields are not stored.
// Left out of those that were not reached: numbers with an opt-out, failures that another try repeats, and erased numbers.

import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { type ComposedFile, type CompositionContent, mergeFieldsOf } from '#domain/campaign/composition.ts';
import { isLastingFailure } from '#domain/delivery/failure-causes.ts';
import { renderCsv } from '#lib/text/csv-reader.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Context } from '#pipeline/context.ts';
import type { CampaignDetail } from '#store/campaigns/campaign-pages.ts';
import type { ExportRow } from '#store/campaigns/campaign-reports.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';

type UnreachedStatus = Extract<
  MessageStatus,
  'undelivered' | 'expired' | 'rejected' | 'unknown' | 'cancelled'
>;

export interface CampaignCopyOrder {
  readonly campaignId: number;
  /** Null: all recipients. */
  readonly statuses: readonly UnreachedStatus[] | null;
}

/** Recipients of the campaign that the draft leaves out, although their status was asked for. */
interface LeftOut {
  readonly optedOut: number;
  readonly lasting: number;
}

export interface CampaignContent {
  readonly content: CompositionContent;
  readonly recipients: number;
  readonly leftOut: LeftOut;
}

export interface CampaignCopyNeeds {
  readonly readCampaign: (access: AccountAccess, id: number) => Promise<CampaignDetail | null>;
  /** In the order of their ids, after this id. */
  readonly listRows: (
    access: AccountAccess,
    id: number,
    page: { readonly afterId: number; readonly limit: number },
  ) => Promise<readonly ExportRow[]>;
  /** Stores the bytes as a file of the account. The problem in words of documents otherwise. */
  readonly writeDocument: (
    account: Account,
    name: string,
    bytes: AsyncIterable<Uint8Array>,
  ) => Promise<{ readonly id: string; readonly sizeBytes: number } | string>;
  /** Ends a marketing text where its sender did not write it. */
  readonly stopClause: string;
}

const pageSize = 5_000;
/** So many recipients with one text are numbers to edit; more are a file. */
const maxTyped = 1_000;

/** Null: unknown. `none`: nobody is left to send to. A text: the file could not be stored. */
export async function contentOfCampaign(
  { database: { query } }: Pick<Context, 'database'>,
  needs: CampaignCopyNeeds,
  access: AccountAccess,
  order: CampaignCopyOrder,
): Promise<CampaignContent | 'none' | 'no-room' | null> {
  const { account } = access;
  const campaign = await needs.readCampaign(access, order.campaignId);
  if (campaign === null) return null;
  const textOf = ({ text }: { readonly text: string }) =>
    campaign.purpose === 'marketing' && text.endsWith(needs.stopClause)
      ? text.slice(0, -needs.stopClause.length)
      : text;
  const leftOut = { optedOut: 0, lasting: 0 };

  async function* rows(): AsyncGenerator<readonly ExportRow[]> {
    for (let afterId = 0; ; ) {
      const page = await needs.listRows(access, order.campaignId, { afterId, limit: pageSize });
      if (page.length === 0) return;
      afterId = page.at(-1)!.id;
      yield page.filter(({ msisdn }) => msisdn !== 0);
    }
  }
  async function* wanted(): AsyncGenerator<readonly ExportRow[]> {
    const { statuses } = order;
    if (statuses === null) return yield* rows();
    leftOut.optedOut = 0;
    leftOut.lasting = 0;
    for await (const page of rows()) {
      const failed = page.filter(({ status }) => (statuses as readonly MessageStatus[]).includes(status));
      const out = await findOptOuts(
        query,
        account,
        failed.map(({ msisdn }) => msisdn),
      );
      yield failed.filter(({ msisdn, error }) => {
        if (out.has(msisdn)) leftOut.optedOut++;
        else if (isLastingFailure(error)) leftOut.lasting++;
        else return true;
        return false;
      });
    }
  }

  const facts = await readFacts(wanted(), textOf);
  if (facts.recipients === 0) return 'none';
  const isShared = facts.hasOneText && mergeFieldsOf(facts.text).length === 0;
  const content = contentOf(campaign, isShared ? facts.text : '{text}');
  const { recipients } = facts;
  if (isShared && recipients <= maxTyped)
    return { content: { ...content, typed: facts.numbers.join('\n') }, recipients, leftOut };
  const name = `campaign-${order.campaignId}.csv`;
  const written = await needs.writeDocument(account, name, renderFile(wanted(), isShared ? null : textOf));
  if (typeof written === 'string') return 'no-room';
  const file: ComposedFile = {
    document: written.id,
    name,
    sizeBytes: written.sizeBytes,
    separator: ';',
    headerRows: 1,
    header: isShared ? ['number'] : ['number', 'text'],
    columns: isShared ? [{ role: 'number' }] : [{ role: 'number' }, { role: 'field', name: 'text' }],
    country: null,
  };
  return { content: { ...content, file }, recipients, leftOut };
}

async function readFacts(
  pages: AsyncIterable<readonly ExportRow[]>,
  textOf: (row: ExportRow) => string,
): Promise<{ recipients: number; hasOneText: boolean; text: string; numbers: readonly string[] }> {
  let recipients = 0;
  let hasOneText = true;
  let text: string | null = null;
  const numbers: string[] = [];
  for await (const page of pages)
    for (const row of page) {
      recipients++;
      text ??= textOf(row);
      hasOneText &&= textOf(row) === text;
      if (numbers.length < maxTyped) numbers.push(`+${row.msisdn}`);
    }
  return { recipients, hasOneText, text: text ?? '', numbers };
}

async function* renderFile(
  pages: AsyncIterable<readonly ExportRow[]>,
  textOf: ((row: ExportRow) => string) | null,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(renderCsv(textOf === null ? ['number'] : ['number', 'text']));
  for await (const page of pages) {
    let lines = '';
    for (const row of page) lines += renderCsv([`+${row.msisdn}`, ...(textOf === null ? [] : [textOf(row)])]);
    yield Buffer.from(lines);
  }
}

function contentOf(campaign: CampaignDetail, text: string): CompositionContent {
  const { sender, purpose, tier, withReplies, tag } = campaign;
  return {
    name: null,
    sender,
    purpose,
    tier,
    withReplies,
    typed: '',
    groups: [],
    file: null,
    skipsRefused: false,
    text,
    sendAtMs: null,
    validityMinutes: null,
    tag,
  };
}

/** Numbers of the campaign in pages, each once in a page, without erased ones. Null: unknown. */
export async function* numbersOfCampaign(
  needs: Pick<CampaignCopyNeeds, 'listRows'>,
  access: AccountAccess,
  campaignId: number,
): AsyncGenerator<readonly string[]> {
  for (let afterId = 0; ; ) {
    const page = await needs.listRows(access, campaignId, { afterId, limit: pageSize });
    if (page.length === 0) return;
    afterId = page.at(-1)!.id;
    yield page.filter(({ msisdn }) => msisdn !== 0).map(({ msisdn }) => `+${msisdn}`);
  }
}
