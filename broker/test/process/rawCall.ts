/** Calls of any method with any bytes, over HTTP/2 as it is, and what a broker answers to them. */
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { MillraceError } from '@millrace/core/errors';
import { connectWire, type WireSession } from '@millrace/wire/client';
import { Status, type WireStatus } from '@millrace/wire/status';

/** A stream that goes on by itself, a Fetch at the tail, is cancelled after this. */
const CALL_MS_MAX = 250;

export interface Answer {
  readonly messages: readonly Buffer[];
  readonly status: WireStatus;
  /** What the details of the status say; undefined if there are none. */
  readonly error: MillraceError | undefined;
  /** Ended by this side, since the call would have gone on. */
  readonly isCancelled: boolean;
}

export function connectRaw(port: number): Promise<WireSession> {
  return connectWire(`http://127.0.0.1:${port}`);
}

export async function rawCall(
  session: WireSession,
  path: string,
  bodies: readonly Buffer[],
  waitMs = CALL_MS_MAX,
): Promise<Answer> {
  const stream = session.open(path);
  const messages: Buffer[] = [];
  stream.onMessage((body) => messages.push(body));
  const settled = new Promise<WireStatus>((resolve) => stream.onStatus(resolve));
  for (const body of bodies) stream.send([body]);
  stream.end();
  const timer = setTimeout(() => stream.cancel(), waitMs);
  const status = await settled;
  clearTimeout(timer);
  const { code, message, details } = status;
  return {
    messages,
    status,
    error: details === undefined ? undefined : decodeStatusDetails(details),
    isCancelled: code === Status.CANCELLED && message === 'cancelled',
  };
}
