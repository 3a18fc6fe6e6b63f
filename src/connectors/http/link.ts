// One configured HTTP link. Used by the connector and the poller.
import type { LinkValues } from './fields.ts';
import type { HttpOptions } from './options.ts';

export interface HttpLink {
  readonly id: number;
  readonly name: string;
  readonly options: HttpOptions;
  readonly values: LinkValues;
  /** Of an earlier start: where polling continues. */
  readonly learnt: object;
}
