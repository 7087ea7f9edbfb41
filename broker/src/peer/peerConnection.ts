/**
 * One HTTP/2 connection to a peer for one kind of traffic: made when it is needed, closed when nobody has needed it for
 * a while. It does not try again by itself: whoever opens the next stream does.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { connectWire, type WireClientOptions, type WireSession } from '@millrace/wire/client';
import { WireError } from '@millrace/wire/status';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';

export interface PeerConnectionOptions {
  readonly clock: Clock;
  readonly wire: WireClientOptions;
  /** Kept for so long after its last stream or call. */
  readonly idleMs: number;
  /** It was closed because nobody needed it. */
  readonly onIdle: () => void;
}

export class PeerConnection {
  /** `host:port` */
  readonly name: string;
  readonly #url: string;
  readonly #options: PeerConnectionOptions;
  #session: Promise<WireSession> | undefined;
  #holders = 0;
  #idle: TimerHandle | undefined;
  #closed = false;

  constructor({ host, port }: PeerAddress, options: PeerConnectionOptions) {
    this.name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    this.#url = `http://${this.name}`;
    this.#options = options;
  }

  /** From the wish for a stream or call to its end; `release` once for each. */
  hold(): void {
    this.#holders++;
    this.#idle?.cancel();
  }

  release(): void {
    this.#holders--;
    if (this.#holders > 0 || this.#closed) return;
    this.#idle = this.#options.clock.setTimer(this.#options.idleMs, () => {
      if (this.#holders > 0) return;
      this.close();
      this.#options.onIdle();
    });
  }

  /** Rejects with UNAVAILABLE, `not-applied`: nothing was sent. */
  session(): Promise<WireSession> {
    if (this.#closed) return Promise.reject(this.#unreachable('the connection is closed'));
    this.#session ??= this.#connect();
    return this.#session;
  }

  /** Ends all that is open on it. */
  close(): void {
    this.#closed = true;
    this.#idle?.cancel();
    const session = this.#session;
    this.#session = undefined;
    session?.then(
      (open) => open.destroy(),
      () => {},
    );
  }

  #connect(): Promise<WireSession> {
    const connecting = connectWire(this.#url, this.#options.wire).then(
      (session) => {
        const forget = (): void => {
          if (this.#session === connecting) this.#session = undefined;
        };
        session.onLeaving(forget);
        session.onClose(forget);
        return session;
      },
      (error: unknown) => {
        if (this.#session === connecting) this.#session = undefined;
        const reason = error instanceof WireError ? error.message : toMillraceError(error).message;
        throw this.#unreachable(reason);
      },
    );
    return connecting;
  }

  #unreachable(reason: string): MillraceError {
    return millraceError('UNAVAILABLE', `${this.name}: ${reason}`, { outcome: 'not-applied' });
  }
}
