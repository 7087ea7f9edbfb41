/**
 * Membership: heartbeats and commits of one member on one stream, each answered by itself. It may live at any broker: what
 * it says goes to the coordinator, new assignments come with the heartbeat that waits there.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { MembershipRequest__Output } from '@millrace/proto/generated/millrace/v1/MembershipRequest';
import type { MembershipResponse } from '@millrace/proto/generated/millrace/v1/MembershipResponse';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import type { MemberAskers } from './groupService.ts';
import type { MessageStream } from './messageStream.ts';

/** Asked and not answered; more wait at the client. */
const IN_FLIGHT_MAX = 64;
const REQUEST_BYTES_MAX = 1 << 20;
const DEADLINE_MS = 30_000;

export interface MembershipCodec {
  decode(bytes: Buffer): MembershipRequest__Output;
  encode(response: MembershipResponse): Buffer;
}

export interface MembershipParts {
  readonly context: ServerContext;
  readonly askers: MemberAskers;
  readonly codec: MembershipCodec;
}

export function serveMembership(stream: MessageStream, parts: MembershipParts): void {
  const membership = new MembershipStream(stream, parts);
  stream.onCancel(() => membership.close());
  stream.onDrain(() => membership.drained());
  stream.onMessage((body) => membership.asked(body));
  stream.onEnd(() => membership.ended());
}

class MembershipStream {
  readonly #stream: MessageStream;
  readonly #parts: MembershipParts;
  readonly #leaver = { leave: (): void => this.#leave() };
  #inFlight = 0;
  #isPaused = false;
  #isWritable = true;
  #state: 'open' | 'half-closed' | 'closed' = 'open';

  constructor(stream: MessageStream, parts: MembershipParts) {
    this.#stream = stream;
    this.#parts = parts;
    parts.context.leavers.add(this.#leaver);
  }

  asked(body: Buffer): void {
    if (this.#state !== 'open') return;
    let request: MembershipRequest__Output;
    try {
      if (body.length > REQUEST_BYTES_MAX) throw new RangeError(`${body.length} bytes`);
      request = this.#parts.codec.decode(body);
    } catch (error) {
      this.#fail(millraceError('INVALID_REQUEST', 'the request does not decode', { cause: error }));
      return;
    }
    this.#inFlight += 1;
    this.#answer(request).then(
      (frame) => this.#answered({ sequence: request.sequence, ...frame }),
      (error: unknown) => {
        const told = this.#parts.context.hinted(toMillraceError(error), 'client');
        this.#answered({ sequence: request.sequence, error: errorMessage(told) });
      },
    );
    this.#hold();
  }

  ended(): void {
    if (this.#state === 'open') this.#state = 'half-closed';
    this.#endWhenDone();
  }

  drained(): void {
    this.#isWritable = true;
    this.#hold();
  }

  close(): void {
    this.#state = 'closed';
    this.#parts.context.leavers.delete(this.#leaver);
  }

  async #answer({ heartbeat, commit }: MembershipRequest__Output): Promise<MembershipResponse> {
    const { askers } = this.#parts;
    if (heartbeat != null) return { heartbeat: await askers.heartbeat(heartbeat, DEADLINE_MS) };
    if (commit != null) return { commit: await askers.commit(commit, DEADLINE_MS) };
    throw millraceError('INVALID_REQUEST', 'neither heartbeat nor commit is given');
  }

  #answered(response: MembershipResponse): void {
    this.#inFlight -= 1;
    if (this.#state === 'closed') return;
    this.#isWritable = this.#stream.send([this.#parts.codec.encode(response)]);
    this.#hold();
    this.#endWhenDone();
  }

  /** A client that does not read, or asks faster than it is answered, is not read either. */
  #hold(): void {
    const isHeld = !this.#isWritable || this.#inFlight >= IN_FLIGHT_MAX;
    if (isHeld === this.#isPaused) return;
    this.#isPaused = isHeld;
    if (isHeld) this.#stream.pause();
    else this.#stream.resume();
  }

  #endWhenDone(): void {
    if (this.#state !== 'half-closed' || this.#inFlight > 0) return;
    this.close();
    this.#stream.end();
  }

  #leave(): void {
    this.#fail(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
  }

  #fail(error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.close();
    this.#stream.fail(error);
  }
}
