// Addresses of listeners as seen from this machine, and errors for listeners that cannot open. Used by all listeners.

/** Means every address of this machine; clients cannot call it. */
export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Without a trailing slash. */
export function urlOf(scheme: string, listensOn: string, port: number): string {
  const host = isEveryAddress(listensOn) ? '127.0.0.1' : listensOn;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The error with the setting that solves it, if there is one. */
export function explainListening(error: unknown, host: string, port: number, setting: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new Error(
        `port ${port} of ${host} is in use, perhaps by another Chappe; choose another with ${setting}`,
      );
    case 'EACCES':
      return new Error(`this user may not listen on port ${port}; choose another with ${setting}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`${host} is not an address of this machine; choose another with CHAPPE_HOST`);
    default:
      return error;
  }
}
