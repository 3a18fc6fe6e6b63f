// The scenarios: their traffic, its form, and their comparison. A table, so that every figure can be traced.

export interface Scenario {
  readonly name: string;
  /**
   * One recipient a request, as many as a request of the system's bulk dialect can have, or no request at all; `reads`: pages
   * and searches while single messages are sent.
   */
  readonly kind: 'single' | 'bulk' | 'idle' | 'reads';
  readonly connections: number;
  /** Requests a second of an open loop; null: as fast as the connections go. */
  readonly rate: number | null;
  /** Ends after so many messages or after so many seconds of sending, whichever comes first. */
  readonly messages: number;
  readonly seconds: number | null;
  /**
   * Messages sent and awaited before anything is measured. A server runs for months; its first 20,000 messages also pay
   * for the compilation of the hot path (a sixth of their processor time).
   */
  readonly warmUp: number;
  /** Finished messages that lie in the tables beforehand. */
  readonly preloaded: number;
  /** Messages that the carrier accepted before, without receipts. */
  readonly outstanding: number;
  /** Messages for the peer where its slowness would make a run of the usual length take an hour; else null. */
  readonly peerMessages: number | null;
  /** Too long for the peer, or without meaning for it. */
  readonly chappeOnly: boolean;
  /** The scenario it must not be slower than. */
  readonly baseline: string | null;
}

const single = {
  kind: 'single',
  rate: null,
  messages: 1_000_000,
  seconds: 10,
  warmUp: 20_000,
  preloaded: 0,
  outstanding: 0,
  peerMessages: null,
  chappeOnly: false,
  baseline: null,
} as const;

const single50 = { ...single, name: 'single-50', connections: 50 } as const;
const campaign = {
  ...single,
  name: 'campaign',
  kind: 'bulk',
  connections: 4,
  messages: 100_000,
  seconds: null,
} as const;
const open300 = { ...single, name: 'open-300', connections: 200, rate: 300, seconds: 20 } as const;
const preloaded = { preloaded: 5_000_000, chappeOnly: true } as const;

/** Each beside its baseline, which has empty tables. */
const baselines: readonly Scenario[] = [
  { ...single, name: 'single-1', connections: 1 },
  { ...single, name: 'single-10', connections: 10 },
  single50,
  open300,
  { ...single, name: 'open-20', connections: 20, rate: 20, seconds: 30 },
  campaign,
];

const tenMillion = baselines.map((scenario) => ({
  ...scenario,
  name: `ten-million-${scenario.name}`,
  preloaded: 10_000_000,
  chappeOnly: true,
  baseline: scenario.name,
}));

export const scenarios: readonly Scenario[] = [
  ...baselines,
  // After more messages, vacuum would run in the measured time.
  { ...single, name: 'idle', kind: 'idle', connections: 0, seconds: 30, warmUp: 500 },
  { ...single50, ...preloaded, name: 'preloaded-single-50', baseline: 'single-50' },
  { ...campaign, ...preloaded, name: 'preloaded-campaign', baseline: 'campaign' },
  { ...single50, name: 'outstanding', outstanding: 100_000, peerMessages: 2000, baseline: 'single-50' },
  { ...campaign, name: 'million', messages: 1_000_000, chappeOnly: true },
  ...tenMillion,
  { ...open300, name: 'reads', kind: 'reads', seconds: 120, preloaded: 10_000_000, chappeOnly: true },
];

/** The default scenarios: minutes, not an hour. */
export const usualScenarios = [
  'single-1',
  'single-10',
  'single-50',
  'open-300',
  'open-20',
  'idle',
  'campaign',
];

/** The scenarios of a comma-separated list; `preloaded`, `ten-million` and `all` stand for several. */
export function chooseScenarios(list: string): Scenario[] {
  const names = list.split(',').flatMap((name) => {
    if (name === 'all') return scenarios.map((scenario) => scenario.name);
    if (name === 'preloaded') return ['preloaded-single-50', 'preloaded-campaign'];
    if (name === 'ten-million') return tenMillion.flatMap(({ baseline, name: full }) => [baseline!, full]);
    return [name];
  });
  return names.map((name) => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (scenario === undefined) {
      throw new Error(`no scenario ${name}: there are ${scenarios.map((s) => s.name).join(', ')}`);
    }
    return scenario;
  });
}
