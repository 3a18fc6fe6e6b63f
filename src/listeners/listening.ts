// What all doors say of where they listen: their address as seen from this machine, and why they could not be opened.

/** Stands for every address of this machine, and is the name of none. */
export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Without a slash at its end. */
export function urlOf(scheme: string, listensOn: string, port: number): string {
  const host = isEveryAddress(listensOn) ? '127.0.0.1' : listensOn;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Names the setting that mends it, where there is one. */
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
      return new Error(`${host} is no address of this machine; choose another with CHAPPE_HOST`);
    default:
      return error;
  }
}
