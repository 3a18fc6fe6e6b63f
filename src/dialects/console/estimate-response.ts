// The answer of an estimate. Used by the handlers of the composer and by those of approvals.
import { formatEuro } from '#domain/money/micros.ts';
import { zonesByCountry } from '#domain/plan/country-zones.ts';
import type { NewEstimate } from '#operations/sending/compositions/estimates.ts';
import type { Answer } from './contract.ts';
import { iso, isoOrNull } from './response.ts';

const money = (micros: bigint | string) => formatEuro(BigInt(micros), 6);

export function renderEstimate(estimate: NewEstimate): Answer<'compose.estimate'> {
  const { sums } = estimate;
  return {
    estimate: estimate.id,
    version: estimate.version,
    messages: sums.messages,
    segments: sums.segments,
    cost: money(sums.costMicros),
    available: money(estimate.availableMicros),
    countries: Object.entries(sums.byCountry).map(
      ([country, { costMicros, priceMicros, dueAtMs, ...rest }]) => ({
        country,
        messages: rest.messages,
        segments: rest.segments,
        cost: money(costMicros),
        price: money(priceMicros),
        leavesAt: isoOrNull(dueAtMs),
        timeZones: [...(zonesByCountry.get(country) ?? [])],
      }),
    ),
    bySegments: { ...sums.bySegments },
    byEncoding: { ...sums.byEncoding },
    failures: { ...sums.failures } as Record<string, number>,
    refused: { ...estimate.refused } as Record<string, number>,
    duplicates: estimate.duplicates,
    sender: sums.sender,
    text: sums.text,
    review: sums.review,
    cues: [...sums.cues],
    notes: [...sums.notes],
    expiresAt: iso(estimate.expiresAtMs),
  };
}
