// When a command that runs until it is told to stop is told to.

export function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    // The launcher that started us is gone (bin/node24.mjs).
    if (process.env['CHAPPE_LAUNCHER'] === '1') process.on('disconnect', () => resolve());
  });
}
