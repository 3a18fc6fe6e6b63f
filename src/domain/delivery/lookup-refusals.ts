// Refusals of number look-ups: immediate, ordered, or as part of cleaning a slot. Used by the look-up services.
import { RefusedError } from '#domain/base/refusals.ts';

export function noLookupCarrier(): RefusedError {
  return new RefusedError('feature-unavailable', 'No carrier of this platform looks up numbers.');
}

/** Has no detail: each dialect has its own sentence. */
export function lookupOrderUnaffordable(): RefusedError {
  return new RefusedError('credit-insufficient');
}

export function lookupsUnaffordable(): RefusedError {
  return new RefusedError(
    'credit-insufficient',
    'The credit does not cover these look-ups. Add credit or look up fewer numbers.',
  );
}

export function cleaningUnaffordable(): RefusedError {
  return new RefusedError('credit-insufficient', 'The credit does not cover the look-ups of this list');
}
