// The loop that closes receipt windows, for processes that dispatch.
import { createWindowCloser, type WindowCloserOptions } from '#operations/close-receipt-windows.ts';
import { type Loop, startLoop } from '#workers/loop.ts';
import type { Config } from './config.ts';
import type { Engine } from './engine.ts';

export interface ReceiptWindowOptions extends Omit<WindowCloserOptions, 'windowMs'> {
  readonly everyMs: number;
}

const hourMs = 3_600_000;

export function startReceiptWindow(
  config: Config,
  engine: Engine,
  { everyMs, ...rest }: ReceiptWindowOptions,
): Loop {
  const closer = createWindowCloser(engine, { ...rest, windowMs: config.receiptWindowHours * hourMs });
  const work = () => closer.round();
  const loop = startLoop({ name: 'receipt window', everyMs, work, log: engine.log });
  return {
    wake: loop.wake,
    async stop() {
      closer.stopTaking();
      await loop.stop();
      await closer.close();
    },
  };
}
