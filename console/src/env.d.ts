// Values that the build puts into the code (vite.config.ts). Used by api.ts.

/** Call name to "METHOD /path/:parameter", from the contract. */
declare const __CALLS__: Readonly<Record<string, string>>;
