// Renders the page of a campaign and its report in the form of the contract. Used by campaigns-routes.ts.
import { type CampaignReport, delayBounds } from '#operations/reading/campaigns/report.ts';
import type { CampaignPage } from '#operations/reading/campaigns/service.ts';
import type { Answer } from './contract.ts';
import { euros, iso, isoOrNull } from './response.ts';

type Page = Answer<'campaigns.read'>;
type Report = Answer<'campaigns.report'>;

export function renderPage(page: CampaignPage) {
  const { counts, tier, withReplies, messageClass, state, claimed } = page;
  const waits = state === 'scheduled' || state === 'waiting' || state === 'sending';
  return {
    ...{ counts, tier, withReplies, messageClass, claimed },
    notes: page.notes ?? [],
    user: page.login,
    list: page.listName,
    review: reviewOf(page),
    pause:
      page.pausedBy === null || page.pausedAtMs === null
        ? null
        : { by: page.pausedBy, at: iso(page.pausedAtMs) },
    cancelledAt: isoOrNull(page.cancelledAtMs),
    nextDueAt: isoOrNull(page.nextDueAtMs),
    firstSubmittedAt: isoOrNull(page.firstSubmittedAtMs),
    lastSubmittedAt: isoOrNull(page.lastSubmittedAtMs),
    firstFinishedAt: isoOrNull(page.firstDoneAtMs),
    lastFinishedAt: isoOrNull(page.lastDoneAtMs),
    can: {
      pause: waits,
      resume: state === 'paused',
      cancel: waits || state === 'paused' || state === 'held',
    },
    firstMessage: page.firstMessageId,
  };
}

function reviewOf({ review, cues, reviewAtMs, reviewedAtMs }: CampaignPage): Page['review'] {
  if (review === null || reviewAtMs === null) return null;
  return {
    state: review as NonNullable<Page['review']>['state'],
    cues: [...(cues ?? [])],
    at: iso(reviewAtMs),
    decidedAt: isoOrNull(reviewedAtMs),
  };
}

export function renderReport(report: CampaignReport): Report {
  const { counts, progress, percentiles, causes, money } = report;
  return {
    at: iso(report.atMs),
    counts,
    progress: {
      from: iso(progress.fromMs),
      stepMs: progress.stepMs,
      steps: progress.steps.map(({ step, left, finished }) => ({ step, left, finished })),
    },
    delays: report.delays.map((messages, index) => ({
      upToMs: index < delayBounds.length ? delayBounds[index]! * 1000 : null,
      messages,
    })),
    percentiles,
    causes: causes.map(({ cause, messages }) => ({ cause: { ...cause }, messages })),
    countries: report.countries.map(({ costMicros, ...share }) => ({ ...share, cost: euros(costMicros) })),
    carriers: report.carriers.map(({ costMicros, ...share }) => ({ ...share, cost: euros(costMicros) })),
    encodings: report.encodings.map(({ costMicros, ...row }) => ({ ...row, cost: euros(costMicros) })),
    replies: report.replies.map(({ hour, replies, optOuts }) => ({ hour, replies, optOuts })),
    money: moneyOf(money),
  };
}

function moneyOf(rows: CampaignReport['money']): Report['money'] {
  const sum = (pick: (row: CampaignReport['money'][number]) => bigint) =>
    rows.reduce((total, row) => total + pick(row), 0n);
  const charged = sum((row) => row.chargedMicros);
  const released = sum((row) => row.releasedMicros);
  const held = sum((row) => row.heldMicros);
  return {
    total: euros(charged + released + held),
    charged: euros(charged),
    released: euros(released),
    held: euros(held),
    countries: rows.map((row) => ({
      country: row.country,
      charged: euros(row.chargedMicros),
      released: euros(row.releasedMicros),
      held: euros(row.heldMicros),
    })),
  };
}
