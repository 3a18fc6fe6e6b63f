// Writes the answers of the REST API. Used by the endpoints. All amounts are JSON numbers in euros, not rounded.
// The answer to a send never has a member `code`: WP-SMS reads its presence as a failure
// (docs/dialects/octopush.md#rest-how-it-answers).

import { equivalentHundredths } from '#domain/money/rate-card.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { Wallet } from '#operations/money/credit/service.ts';
import { restTicket, simulationTicket } from './ticket.ts';

/** The nearest double prints as the exact decimal: micros are whole numbers far below 2^53. */
export function euros(micros: bigint): number {
  return Number(micros) / 1_000_000;
}

export function renderSent(report: SubmissionReport): string {
  const { campaignId, plan } = report;
  const { duplicates } = plan;
  return JSON.stringify({
    sms_ticket: campaignId === null ? simulationTicket(report.acceptedAtMs) : restTicket(campaignId),
    number_of_contacts: plan.messages.length,
    number_of_sms_needed: plan.segments,
    residual_credit: euros(report.availableMicros),
    total_cost: euros(plan.costMicros),
    // Ours: only if there are duplicates, so an ordinary answer has only the documented members.
    ...(duplicates > 0 && { number_of_duplicates: duplicates }),
  });
}

/**
 * In euros or, with a product, the number that the credit buys, to two decimals, rounded down. A price of 0 means that the
 * product is not sold.
 */
export function renderBalance(
  wallet: Wallet,
  product: { readonly name: string; readonly priceMicros: bigint } | null,
  isDetailed: boolean,
): string {
  const balance =
    product === null
      ? { amount: euros(wallet.availableMicros), unit: 'euros' }
      : { amount: equivalent(wallet.availableMicros, product.priceMicros), unit: product.name };
  if (!isDetailed) return JSON.stringify(balance);
  return JSON.stringify({
    ...balance,
    wallet_packs: wallet.packs.map((pack) => ({
      wallet_pack_id: pack.id,
      // Quirk: the documents say wallet_pack_id, a README of the vendor's says id
      // (docs/dialects/octopush.md#what-is-served).
      id: pack.id,
      credit: euros(pack.creditMicros),
      expiration_date: pack.expiresAtMs === null ? null : new Date(pack.expiresAtMs).toISOString(),
    })),
  });
}

export function equivalent(availableMicros: bigint, priceMicros: bigint): number {
  return Number(equivalentHundredths(availableMicros, priceMicros)) / 100;
}
