// When a command that runs until it is told to stop is told to.

export function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    // The launcher that started us (bin/node24.mjs) holds the other end of the channel: it is gone.
    if (process.connected) process.on('disconnect', () => resolve());
  });
}
