// A started process, as its callers see it: the commands `serve` and `send`, and tests. Created by main.ts.
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { ConnectorSet } from './connector-set.ts';
import type { ListenerUrls } from './role.ts';

export interface RunningProcess extends ListenerUrls {
  readonly submit: SubmitCampaign;
  readonly connectors: ConnectorSet;
  /** Of /metrics, /healthz and /readyz; null if it is closed. */
  readonly operationsUrl: string | null;
  /** Resolves when a carrier is bound; immediately if this process does not dispatch. */
  whenBound(): Promise<void>;
  stop(): Promise<void>;
}
