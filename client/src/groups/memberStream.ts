/** One Membership call: requests and answers are matched by their sequence. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { MembershipResponse__Output } from '@millrace/proto/generated/millrace/v1/MembershipResponse';
import type { DataStream } from '../dataStream.ts';
import { fromWireError } from '../remoteError.ts';
import { type MemberFrame, membershipMethod } from './memberMessages.ts';

interface Asked {
  readonly sentMs: number;
  readonly resolve: (response: MembershipResponse__Output) => void;
  readonly reject: (error: MillraceError) => void;
  readonly timer: NodeJS.Timeout;
}

export class MemberStream {
  /** `host:port` of the broker at the other end. */
  readonly address: string;
  readonly #stream: DataStream;
  readonly #onLost: (stream: MemberStream) => void;
  readonly #asked = new Map<number, Asked>();
  #sequence = 0;
  #heardMs = Number.NEGATIVE_INFINITY;
  #state: 'open' | 'retiring' | 'closed' = 'open';

  /** `onLost`: nobody answers there any more. */
  constructor(address: string, stream: DataStream, onLost: (stream: MemberStream) => void) {
    this.address = address;
    this.#stream = stream;
    this.#onLost = onLost;
    stream.onMessage((body) => this.#heard(body));
    stream.onEnd(({ error }) => this.#lose(error ?? unavailable('the broker ended the stream')));
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /**
   * Rejects with a MillraceError: the coordinator's, UNAVAILABLE (`unknown`) when the stream broke, DEADLINE_EXCEEDED. A
   * broker that has been silent since it was asked is given up.
   */
  ask(frame: MemberFrame, timeoutMs: number): Promise<MembershipResponse__Output> {
    if (this.#state === 'closed') return Promise.reject(unavailable('the stream is closed'));
    const sequence = (this.#sequence += 1);
    const { promise, resolve, reject } = Promise.withResolvers<MembershipResponse__Output>();
    const timer = setTimeout(() => this.#expired(sequence), timeoutMs);
    this.#asked.set(sequence, { sentMs: performance.now(), resolve, reject, timer });
    this.#stream.send([membershipMethod().serialize({ sequence, ...frame })]);
    return promise;
  }

  /** Closes it once all that was asked is answered. */
  retire(): void {
    if (this.#state === 'open') this.#state = 'retiring';
    if (this.#state === 'retiring' && this.#asked.size === 0) this.close();
  }

  close(): void {
    this.#lose(unavailable('the stream was closed by this side'));
  }

  #heard(body: Buffer): void {
    this.#heardMs = performance.now();
    let response: MembershipResponse__Output;
    try {
      response = membershipMethod().deserialize(body);
    } catch (cause) {
      this.#lose(millraceError('INTERNAL', 'an answer does not decode', { cause }));
      return;
    }
    const asked = this.#asked.get(response.sequence);
    if (asked === undefined) return;
    this.#asked.delete(response.sequence);
    clearTimeout(asked.timer);
    if (response.error == null) asked.resolve(response);
    else asked.reject(fromWireError(response.error));
    if (this.#state === 'retiring') this.retire();
  }

  #expired(sequence: number): void {
    const asked = this.#asked.get(sequence);
    if (asked === undefined) return;
    this.#asked.delete(sequence);
    asked.reject(
      millraceError('DEADLINE_EXCEEDED', `no answer from ${this.address}`, { outcome: 'unknown' }),
    );
    if (this.#heardMs < asked.sentMs) this.#lose(unavailable(`${this.address} is silent`));
    else if (this.#state === 'retiring') this.retire();
  }

  #lose(error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#asked.clear();
    this.#stream.close();
    this.#onLost(this);
  }
}

function unavailable(message: string): MillraceError {
  return millraceError('UNAVAILABLE', message, { outcome: 'unknown', retryAfterMs: 0 });
}
