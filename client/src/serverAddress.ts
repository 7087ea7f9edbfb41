/** `host:port` of a listener, as users write it and as endpoints advertise it. */
import { millraceError } from '@millrace/core/errors';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The port of listener `client`. */
export const DEFAULT_PORT = 7071;

/** Takes `host`, `host:port`, `[v6]` and `[v6]:port`. Throws INVALID_REQUEST. */
export function parseServerAddress(text: string): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(
    text.trim(),
  );
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw millraceError(
      'INVALID_REQUEST',
      `server address ${JSON.stringify(text)} is not host:port with a port in 1..65535`,
    );
  }
  return { host, port };
}

/** One text with commas between, or one address each, in order of preference. Throws INVALID_REQUEST, also for none. */
export function parseServerAddresses(given: string | readonly string[]): ServerAddress[] {
  const texts = typeof given === 'string' ? [given] : given;
  const addresses = texts.flatMap((text) => text.split(',').map(parseServerAddress));
  if (addresses.length === 0) throw millraceError('INVALID_REQUEST', 'no server address given');
  return addresses;
}

/** With brackets around an IPv6 host. */
export function formatServerAddress({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
