import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { PeerStream } from '../../../src/cluster/peerTransport.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { type SealedMessage, sealMessage } from './sealedMessage.ts';
import type { SimNetwork } from './simNetwork.ts';

/** What travels: a message, or the end of the stream behind all of them. */
type Parcel =
  | { readonly kind: 'message'; readonly dueMs: number; readonly sealed: SealedMessage<unknown> }
  | { readonly kind: 'end'; readonly dueMs: number; readonly error: MillraceError };

/** A connection: two ends, each of its own process and host. */
export class SimStream {
  readonly #network: SimNetwork;
  readonly #ends: readonly [SimStreamEnd, SimStreamEnd];
  #isBroken = false;

  constructor(
    network: SimNetwork,
    one: { readonly process: SimProcess; readonly host: string },
    other: { readonly process: SimProcess; readonly host: string },
  ) {
    this.#network = network;
    const ends = [
      new SimStreamEnd(this, network, one.process, one.host),
      new SimStreamEnd(this, network, other.process, other.host),
    ] as const;
    ends[0].peer = ends[1];
    ends[1].peer = ends[0];
    this.#ends = ends;
    network.opened(this);
  }

  get near(): SimStreamEnd {
    return this.#ends[0];
  }

  get far(): SimStreamEnd {
    return this.#ends[1];
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  belongsTo(process: SimProcess): boolean {
    return this.#ends.some((end) => end.process === process);
  }

  touches(host: string): boolean {
    return this.#ends.some((end) => end.host === host);
  }

  hasDeadEnd(host: string): boolean {
    return this.#ends.some((end) => end.host === host && !end.process.alive);
  }

  /** Of what is under way some arrives, in order; each end hears of it by itself, within `noticeMs`. */
  break(noticeMs: number): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    for (const end of this.#ends) {
      end.loseSome();
      const delayMs = this.#network.random.float() * noticeMs;
      end.breakAfter(delayMs, millraceError('UNAVAILABLE', 'the connection broke'));
    }
    this.#network.closed(this);
  }

  /** It was never there. */
  refuse(delayMs: number, error: MillraceError): void {
    this.#isBroken = true;
    this.near.breakAfter(delayMs, error);
    this.#network.closed(this);
  }

  /** What the kernel of a host that lost power had not sent is gone. */
  hostDied(host: string): void {
    for (const end of this.#ends) if (end.host === host) end.loseSome();
  }

  /** A link is open again. */
  wake(): void {
    for (const end of this.#ends) end.wake();
  }

  /** Neither end is used any more. */
  endClosed(): void {
    if (this.#ends.every((end) => end.isClosed)) this.#network.closed(this);
  }
}

/** One end. What it sends is on its way until the other end has taken it. */
export class SimStreamEnd implements PeerStream<unknown, unknown> {
  readonly process: SimProcess;
  readonly host: string;
  peer: SimStreamEnd | undefined;
  readonly stream: SimStream;
  readonly #network: SimNetwork;
  /** Sent, not arrived. */
  #outgoing: Parcel[] = [];
  /** Arrived, not taken. */
  #incoming: Parcel[] = [];
  #queuedBytes = 0;
  #creditBytes = 0;
  #lastDueMs = 0;
  #isCongested = false;
  #isPaused = false;
  #isClosed = false;
  #isPumping = false;
  #onMessage: ((message: unknown) => void) | undefined;
  #onDrain: () => void = () => {};
  #onClosed: ((error: MillraceError) => void) | undefined;
  #closedBy: MillraceError | undefined;

  constructor(stream: SimStream, network: SimNetwork, process: SimProcess, host: string) {
    this.stream = stream;
    this.#network = network;
    this.process = process;
    this.host = host;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(message: unknown): boolean {
    if (this.#isClosed) return true;
    const sealed = sealMessage(message);
    this.#network.onSent(this, sealed.message);
    this.#queuedBytes += sealed.bytes;
    this.#push({ kind: 'message', dueMs: this.#dueMs(), sealed });
    if (this.#isRemote && this.#network.chance(this.#network.faults.breakMessage)) {
      this.stream.break(this.#network.random.int(4) === 0 ? 4000 : 20);
    }
    this.#isCongested = this.#queuedBytes >= this.#network.windowBytes;
    return !this.#isCongested;
  }

  onMessage(callback: (message: unknown) => void): void {
    this.#onMessage = callback;
    this.#takeSoon();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onClosed(callback: (error: MillraceError) => void): void {
    this.#onClosed = callback;
    const error = this.#closedBy;
    if (error === undefined) return;
    this.process.after(0, 'stream closed', () => this.#tellClosed(error));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#takeSoon();
  }

  close(error?: MillraceError): void {
    if (this.#isClosed) return;
    const told = error ?? millraceError('UNAVAILABLE', 'the peer has ended the stream');
    this.#push({ kind: 'end', dueMs: this.#dueMs(), error: told });
    this.#shut();
  }

  breakAfter(delayMs: number, error: MillraceError): void {
    this.process.after(delayMs, 'stream broke', () => this.#broke(error));
  }

  /** Without a word to the other side, which hears of it by itself. */
  #broke(error: MillraceError): void {
    if (this.#isClosed) return;
    this.#shut();
    this.#closedBy = error;
    this.#tellClosed(error);
  }

  loseSome(): void {
    const isGone = !this.#network.isUp(this.host);
    const kept = isGone ? 0 : this.#network.random.int(this.#outgoing.length + 1);
    this.#outgoing.splice(kept);
  }

  wake(): void {
    this.#pump();
    if (this.#creditBytes === 0) return;
    const bytes = this.#creditBytes;
    this.#creditBytes = 0;
    this.#credit(bytes);
  }

  get #isRemote(): boolean {
    return this.host !== this.peer?.host;
  }

  #dueMs(): number {
    const latencyMs = this.#network.latencyMs(this.host, this.peer?.host ?? this.host);
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#network.scheduler.nowMs + latencyMs);
    return this.#lastDueMs;
  }

  #push(parcel: Parcel): void {
    if (this.stream.isBroken) return;
    this.#outgoing.push(parcel);
    this.#pump();
  }

  #pump(): void {
    const [head] = this.#outgoing;
    if (head === undefined || this.#isPumping) return;
    this.#isPumping = true;
    const { scheduler } = this.#network;
    scheduler.after(head.dueMs - scheduler.nowMs, 'network', () => {
      this.#isPumping = false;
      const { peer } = this;
      if (peer === undefined || !this.#network.isOpen(this.host, peer.host)) return;
      const arrived = this.#outgoing.shift();
      if (arrived !== undefined) peer.#arrive(arrived);
      this.#pump();
    });
  }

  #arrive(parcel: Parcel): void {
    if (this.#isClosed) return;
    this.#incoming.push(parcel);
    this.#takeSoon();
  }

  #takeSoon(): void {
    if (this.#incoming.length > 0) this.process.after(0, 'message', () => this.#take());
  }

  #take(): void {
    if (this.#isClosed || this.#isPaused || this.#onMessage === undefined) return;
    const parcel = this.#incoming.shift();
    if (parcel === undefined) return;
    if (parcel.kind === 'end') {
      this.#broke(parcel.error);
      return;
    }
    const { sealed } = parcel;
    if (!sealed.isUnchanged())
      this.#network.onViolation(`${this.peer?.host} changed what it had sent`);
    this.peer?.taken(sealed.bytes);
    this.#onMessage(sealed.message);
    this.#takeSoon();
  }

  /** The other side has taken so many bytes; this one hears of it after a while. */
  taken(bytes: number): void {
    const from = this.peer?.host ?? this.host;
    this.#network.scheduler.after(this.#network.latencyMs(from, this.host), 'credit', () => {
      if (this.#network.isOpen(from, this.host)) this.#credit(bytes);
      else this.#creditBytes += bytes;
    });
  }

  #credit(bytes: number): void {
    this.process.after(0, 'credit', () => {
      this.#queuedBytes -= bytes;
      if (!this.#isCongested || this.#queuedBytes > this.#network.windowBytes / 2) return;
      this.#isCongested = false;
      if (!this.#isClosed) this.#onDrain();
    });
  }

  #shut(): void {
    this.#isClosed = true;
    this.#incoming = [];
    this.stream.endClosed();
  }

  #tellClosed(error: MillraceError): void {
    const callback = this.#onClosed;
    this.#onClosed = undefined;
    callback?.(error);
  }
}
