// Whether a carrier takes the messages to a country, from its answers. Used by the dispatcher: a route to a carrier in trouble is the
// last choice, never none. Pure; counts in memory of one process.
//
//   well        half of at least 20 answers are bad            in trouble
//   in trouble  four in five of the next 5 answers are good    well
//   in trouble  no answer for ten minutes                      well: the next messages try it again
//
// Bad: the carrier cannot take the message (another one may), or does not answer. A refusal of one message for good says
// nothing about the carrier. The two limits differ, so that a link does not change at every answer.

const minAnswers = 20;
/** Then they count half, so that a failure after many good answers is seen. */
const maxAnswers = 100;
const answersToReturn = 5;
const shareToReturn = 0.8;
const forgetMs = 600_000;

interface Counts {
  good: number;
  bad: number;
  isTroubled: boolean;
  lastMs: number;
}

export class CountryHealth {
  readonly #counts = new Map<number, Map<string, Counts>>();

  record(connectorId: number, country: string, isGood: boolean, nowMs: number): void {
    const counts = this.#countsOf(connectorId, country, nowMs);
    if (isGood) counts.good++;
    else counts.bad++;
    counts.lastMs = nowMs;
    const total = counts.good + counts.bad;
    if (counts.isTroubled) {
      if (total < answersToReturn) return;
      counts.isTroubled = counts.good < total * shareToReturn;
      restart(counts);
    } else if (total >= minAnswers && counts.bad * 2 >= total) {
      counts.isTroubled = true;
      restart(counts);
    } else if (total >= maxAnswers) {
      counts.good = Math.floor(counts.good / 2);
      counts.bad = Math.floor(counts.bad / 2);
    }
  }

  isTroubled(connectorId: number, country: string, nowMs: number): boolean {
    const counts = this.#counts.get(connectorId)?.get(country);
    return counts?.isTroubled === true && nowMs - counts.lastMs < forgetMs;
  }

  /** Sorted. */
  listTroubled(connectorId: number, nowMs: number): string[] {
    const countries = [...(this.#counts.get(connectorId)?.keys() ?? [])];
    return countries.filter((country) => this.isTroubled(connectorId, country, nowMs)).sort();
  }

  /** Its options have changed, or it is gone. */
  forget(connectorId: number): void {
    this.#counts.delete(connectorId);
  }

  #countsOf(connectorId: number, country: string, nowMs: number): Counts {
    let countries = this.#counts.get(connectorId);
    if (countries === undefined) {
      countries = new Map();
      this.#counts.set(connectorId, countries);
    }
    let counts = countries.get(country);
    if (counts === undefined) {
      counts = { good: 0, bad: 0, isTroubled: false, lastMs: nowMs };
      countries.set(country, counts);
    }
    if (nowMs - counts.lastMs >= forgetMs) {
      counts.isTroubled = false;
      restart(counts);
    }
    return counts;
  }
}

function restart(counts: Counts): void {
  counts.good = 0;
  counts.bad = 0;
}
