// Types of console-stamp.mjs, which is plain JavaScript for Node 20.
export declare const distFolder: string;
export declare function currentStamp(): string;
export declare function isConsoleBuilt(): boolean;
export declare function buildConsoleBeside(): void;
