import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PeerAddress, PeerStream } from '../../src/cluster/peerTransport.ts';
import type { SimScheduler } from '../../src/io/sim/simScheduler.ts';

type FollowServer = (stream: PeerStream<FollowResponse, FollowRequest>) => void;

/** A pair of ends in one process; messages take a while, in order, and are lost once the link is cut. */
class MemoryEnd<Out, In> implements PeerStream<Out, In> {
  readonly queuedBytes = 0;
  other: MemoryEnd<In, Out> | undefined;
  readonly #scheduler: SimScheduler;
  readonly #isCut: () => boolean;
  #lastMs = 0;
  #isOpen = true;
  #held: In[] | undefined;
  #messages: (message: In) => void = () => {};
  #closed: (error: MillraceError) => void = () => {};

  constructor(scheduler: SimScheduler, isCut: () => boolean) {
    this.#scheduler = scheduler;
    this.#isCut = isCut;
  }

  send(message: Out): boolean {
    if (this.#isOpen && !this.#isCut()) {
      this.#later(() => {
        if (!this.#isCut()) this.other?.deliver(message);
      });
    }
    return true;
  }

  deliver(message: In): void {
    if (!this.#isOpen) return;
    if (this.#held !== undefined) this.#held.push(message);
    else this.#messages(message);
  }

  onMessage(callback: (message: In) => void): void {
    this.#messages = callback;
  }

  onDrain(): void {}

  onClosed(callback: (error: MillraceError) => void): void {
    this.#closed = callback;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.deliver(message);
  }

  close(error?: MillraceError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#later(() => this.other?.lost(error ?? millraceError('CANCELLED', 'closed')));
  }

  /** The other side has closed, or the network between them has. */
  lost(error: MillraceError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#closed(error);
  }

  #later(run: () => void): void {
    const { nowMs, random } = this.#scheduler;
    this.#lastMs = Math.max(this.#lastMs, nowMs + random.float() * 0.5);
    this.#scheduler.after(this.#lastMs - nowMs, 'message', run);
  }
}

/** Brokers by port, in one process. */
export class MemoryNetwork {
  readonly #scheduler: SimScheduler;
  readonly #servers = new Map<number, FollowServer>();
  readonly #cut = new Set<string>();
  readonly #pairs: { readonly link: string; readonly broken: (error: MillraceError) => void }[] =
    [];
  /** Streams opened, by `from->to`. */
  readonly opened: string[] = [];

  constructor(scheduler: SimScheduler) {
    this.#scheduler = scheduler;
  }

  serve(port: number, server: FollowServer | undefined): void {
    if (server === undefined) this.#servers.delete(port);
    else this.#servers.set(port, server);
  }

  transportOf(from: number): {
    follow(to: PeerAddress): PeerStream<FollowRequest, FollowResponse>;
  } {
    return { follow: ({ port }) => this.#open(from, port) };
  }

  /** What is on its way is lost; streams break, and new ones too, until `heal`. */
  cut(a: number, b: number): void {
    const link = linkOf(a, b);
    this.#cut.add(link);
    const error = millraceError('UNAVAILABLE', 'the network is cut');
    for (const pair of this.#pairs) if (pair.link === link) pair.broken(error);
  }

  heal(a: number, b: number): void {
    this.#cut.delete(linkOf(a, b));
  }

  #open(from: number, to: number): PeerStream<FollowRequest, FollowResponse> {
    const link = linkOf(from, to);
    this.opened.push(`${from}->${to}`);
    const isCut = (): boolean => this.#cut.has(link);
    const near = new MemoryEnd<FollowRequest, FollowResponse>(this.#scheduler, isCut);
    const far = new MemoryEnd<FollowResponse, FollowRequest>(this.#scheduler, isCut);
    near.other = far;
    far.other = near;
    // What arrives before the server listens.
    far.pause();
    this.#scheduler.after(0.1, 'open', () => {
      const server = isCut() ? undefined : this.#servers.get(to);
      if (server === undefined) near.lost(millraceError('UNAVAILABLE', 'refused'));
      else {
        server(far);
        far.resume();
      }
    });
    this.#pairs.push({
      link,
      broken: (error) => {
        near.lost(error);
        far.lost(error);
      },
    });
    return near;
  }
}

function linkOf(a: number, b: number): string {
  return `${Math.min(a, b)}-${Math.max(a, b)}`;
}
