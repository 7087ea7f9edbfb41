/**
 * One stream of a broker with the active controller, from Register to its end (contracts.md, Session). What a hostile or
 * confused peer sends is refused with a typed error and costs bounded memory.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId } from '@millrace/core/ids';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type { CopyReport, Register, SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import { CopyTable } from './copyTable.ts';
import type { OpenSession } from './member.ts';

/** Of one broker: all partitions that a cluster is made for, and then some. */
const COPIES_MAX = 200_000;

export interface SessionEvents {
  /** Throws what the broker is refused with. */
  registered(session: BrokerSession, register: Register, copies: CopyTable): void;
  heard(session: BrokerSession): void;
  received(session: BrokerSession, message: Exclude<SessionUp, Register>): void;
  drained(session: BrokerSession): void;
  /** However it ended; not told if it never registered. */
  ended(session: BrokerSession): void;
}

export class BrokerSession implements OpenSession {
  readonly creating = new Set<string>();
  readonly asked = new Map<string, number>();
  readonly #stream: PeerStream<SessionDown, SessionUp>;
  readonly #clusterId: ClusterId;
  readonly #events: SessionEvents;
  #register: Register | undefined;
  #copies = new CopyTable();
  #copyCount = 0;
  #state: 'registering' | 'open' | 'closed' = 'registering';

  constructor(
    stream: PeerStream<SessionDown, SessionUp>,
    clusterId: ClusterId,
    events: SessionEvents,
  ) {
    this.#stream = stream;
    this.#clusterId = clusterId;
    this.#events = events;
    stream.onMessage((message) => this.#receive(message));
    stream.onDrain(() => {
      if (this.#state === 'open') this.#events.drained(this);
    });
    stream.onClosed(() => this.#end());
  }

  get brokerId(): BrokerId {
    return this.#registered.brokerId;
  }

  get bootId(): Register['bootId'] {
    return this.#registered.bootId;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  send(message: SessionDown): boolean {
    return this.#state === 'closed' ? true : this.#stream.send(message);
  }

  /** The last thing that the broker hears. */
  fence(reason: 'newer-boot' | 'not-controller' | 'refused', error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.#stream.send({ kind: 'fenced', reason, error });
    this.close(error);
  }

  /** Nothing is told of it. */
  close(error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stream.close(error);
  }

  get #registered(): Register {
    if (this.#register === undefined) throw new TypeError('the session is not registered');
    return this.#register;
  }

  #end(): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    if (wasOpen) this.#events.ended(this);
  }

  #receive(message: SessionUp): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'registering') {
      this.#registering(message);
      return;
    }
    this.#events.heard(this);
    if (message.kind === 'register') this.#refuse('the session is registered already');
    else this.#events.received(this, message);
  }

  #registering(message: SessionUp): void {
    if (message.kind === 'register') {
      if (this.#register !== undefined) return this.#refuse('Register came twice');
      if (message.clusterId !== this.#clusterId) {
        return this.#refuse(
          `broker ${message.brokerId} belongs to cluster ${message.clusterId}, this is ${this.#clusterId}`,
        );
      }
      this.#register = message;
    } else if (message.kind === 'copies' && this.#register !== undefined) {
      // More of the registration.
    } else if (message.kind === 'heartbeat' && this.#register !== undefined) {
      return;
    } else {
      return this.#refuse(`${message.kind} came before the registration was complete`);
    }
    this.#add(message.copies);
    if (message.complete && this.#copyCount <= COPIES_MAX) this.#open();
  }

  #add(copies: readonly CopyReport[]): void {
    this.#copyCount += copies.length;
    if (this.#copyCount > COPIES_MAX) return this.#refuse(`more than ${COPIES_MAX} copies`);
    for (const copy of copies) this.#copies.put(copy);
  }

  #open(): void {
    if (this.#state !== 'registering') return;
    this.#state = 'open';
    const copies = this.#copies;
    // From here on the table belongs to the member.
    this.#copies = new CopyTable();
    this.#events.registered(this, this.#registered, copies);
  }

  #refuse(why: string): void {
    const wasOpen = this.#state === 'open';
    this.fence('refused', millraceError('INVALID_REQUEST', why));
    if (wasOpen) this.#events.ended(this);
  }
}
