/** Where the SDK reports what it survives by itself: lost connections, retries, fallbacks. Silent unless given. */
export interface Logger {
  debug(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
}

export const SILENT_LOGGER: Logger = { debug: () => {}, warn: () => {} };
