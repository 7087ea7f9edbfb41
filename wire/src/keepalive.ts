// Finds dead peers by HTTP/2 pings. A peer that does not answer still counts as alive while bytes move: the answer of a
// slow reader waits behind its data. One write to the socket may carry a whole receive window, so timeoutMs must be
// the time that the slowest useful peer needs to read a window.
import type { Http2Session } from 'node:http2';

export interface KeepaliveOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** `reads`: only what comes is a sign of life, for connections of small messages that a peer never reads slowly. */
  readonly aliveBy?: 'traffic' | 'reads';
}

export function keepAlive(
  session: Http2Session,
  options: KeepaliveOptions,
  onDead: () => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  const after = (delayMs: number, step: () => void): void => {
    timer = setTimeout(() => {
      if (!session.destroyed) step();
    }, delayMs).unref();
  };
  const written = (): number => (options.aliveBy === 'reads' ? 0 : session.socket.bytesWritten);
  const moved = (): number => session.socket.bytesRead + written();
  const probe = (): void => {
    session.ping((error) => {
      if (error !== null || session.destroyed) return;
      // The next one at once after its pause: a peer is known to be dead intervalMs and timeoutMs after its last answer.
      clearTimeout(timer);
      after(options.intervalMs, probe);
    });
    // The ping itself is written after this tick, so movement is watched over the second half.
    after(options.timeoutMs / 2, () => {
      const before = moved();
      after(options.timeoutMs / 2, () => {
        if (moved() === before) onDead();
        else after(options.intervalMs, probe);
      });
    });
  };
  session.once('close', () => clearTimeout(timer));
  after(options.intervalMs, probe);
}
