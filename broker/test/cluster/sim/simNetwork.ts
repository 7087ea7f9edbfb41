import type { PeerAddress, PeerService } from '../../../src/cluster/peerTransport.ts';
import type { Random } from '../../../src/io/random.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import type { SimCalls } from './simCalls.ts';
import type { SimStream, SimStreamEnd } from './simStream.ts';

/** Probabilities. */
export interface NetworkFaults {
  /** Of a message: its stream breaks instead, with any part of what is under way lost. */
  breakMessage: number;
  /** Of a unary call: it never arrives. */
  loseCall: number;
  /** Of a unary call: it is carried out, and nobody hears of it. */
  loseAnswer: number;
  /** Of a message or call: it takes up to half a second. */
  slow: number;
}

export const noNetworkFaults: NetworkFaults = {
  breakMessage: 0,
  loseCall: 0,
  loseAnswer: 0,
  slow: 0,
};

export interface Listener {
  readonly process: SimProcess;
  readonly host: string;
  readonly service: PeerService;
}

/**
 * The network between simulated hosts: each directed link has its latency and may be blocked or slow. Streams are
 * connections of their own: order holds within each, and between none. Whoever is at the other end of a dead process
 * is told (refused); behind a dead host, a paused process or a blocked link there is silence, until a keepalive
 * notices.
 */
export class SimNetwork {
  readonly scheduler: SimScheduler;
  readonly random: Random;
  faults: NetworkFaults = noNetworkFaults;
  /** Bytes that a stream takes before it says that it is congested. */
  windowBytes = 256 * 1024;
  /** What nobody may do: change a message that was sent. */
  onViolation: (what: string) => void = () => {};
  /** Hears all that is sent, as it is sent. */
  onSent: (end: SimStreamEnd, message: unknown) => void = () => {};
  readonly #listeners = new Map<string, Listener>();
  readonly #hostsDown = new Set<string>();
  readonly #blocked = new Map<string, object>();
  readonly #slowMs = new Map<string, number>();
  readonly #streams = new Set<SimStream>();
  readonly #calls = new Set<SimCalls>();

  constructor(scheduler: SimScheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  listen(process: SimProcess, address: PeerAddress, service: PeerService): void {
    const key = `${address.host}:${address.port}`;
    const listener = { process, host: address.host, service };
    this.#listeners.set(key, listener);
    process.onKill(() => {
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
      // Power loss: nobody is left to say so.
      if (this.isUp(address.host)) this.#hangUp(process);
    });
  }

  /** Clean shutdown: connections are refused from now on, those there are stay. */
  stopListening(address: PeerAddress): void {
    this.#listeners.delete(`${address.host}:${address.port}`);
  }

  listener({ host, port }: PeerAddress): Listener | undefined {
    return this.isUp(host) ? this.#listeners.get(`${host}:${port}`) : undefined;
  }

  isUp(host: string): boolean {
    return !this.#hostsDown.has(host);
  }

  /** Before its processes are killed: then they go without a word. */
  powerOff(host: string): void {
    this.#hostsDown.add(host);
    for (const stream of this.#streams) {
      if (!stream.touches(host)) continue;
      stream.hostDied(host);
      this.#breakIfSilent(stream, () => !this.isUp(host));
    }
  }

  powerOn(host: string): void {
    this.#hostsDown.delete(host);
    // It knows nothing of the connections that it had.
    for (const stream of this.#streams) if (stream.hasDeadEnd(host)) stream.break(500);
  }

  /** SIGSTOP: its kernel goes on taking bytes, its pings stay away. */
  paused(process: SimProcess): void {
    for (const stream of this.#streams) {
      if (stream.belongsTo(process)) this.#breakIfSilent(stream, () => process.paused);
    }
  }

  block(from: string, to: string): void {
    if (this.#blocked.has(`${from}>${to}`)) return;
    const block = {};
    this.#blocked.set(`${from}>${to}`, block);
    for (const stream of this.#streams) {
      if (!stream.touches(from) || !stream.touches(to)) continue;
      this.#breakIfSilent(stream, () => this.#blocked.get(`${from}>${to}`) === block);
    }
  }

  unblock(from: string, to: string): void {
    this.#blocked.delete(`${from}>${to}`);
    for (const stream of this.#streams) stream.wake();
    for (const calls of this.#calls) calls.wake();
  }

  isOpen(from: string, to: string): boolean {
    return !this.#blocked.has(`${from}>${to}`) && this.isUp(from) && this.isUp(to);
  }

  /** Both ways. */
  areConnected(one: string, other: string): boolean {
    return this.isOpen(one, other) && this.isOpen(other, one);
  }

  /** Adds to the latency of a link; 0: not any more. */
  slowDown(from: string, to: string, ms: number): void {
    this.#slowMs.set(`${from}>${to}`, ms);
  }

  /** Resets connections at random, as a stateful firewall or a restarted proxy does. */
  breakSome(probability: number): void {
    for (const stream of this.#streams) {
      if (this.random.float() < probability) stream.break(50);
    }
  }

  latencyMs(from: string, to: string): number {
    const { random } = this;
    if (from === to) return random.float() * 0.02;
    const addedMs = this.#slowMs.get(`${from}>${to}`) ?? 0;
    const slowMs = this.chance(this.faults.slow) ? random.float() * 500 : 0;
    return 0.1 + random.float() * (random.int(30) === 0 ? 10 : 0.5) + addedMs + slowMs;
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random.float() < probability;
  }

  /** How long nobody notices that the other side is silent. */
  keepaliveMs(): number {
    return 3000 + this.random.float() * 9000;
  }

  opened(stream: SimStream): void {
    this.#streams.add(stream);
  }

  closed(stream: SimStream): void {
    this.#streams.delete(stream);
  }

  calling(calls: SimCalls): void {
    this.#calls.add(calls);
  }

  notCalling(calls: SimCalls): void {
    this.#calls.delete(calls);
  }

  #hangUp(process: SimProcess): void {
    for (const stream of this.#streams) if (stream.belongsTo(process)) stream.break(10);
    for (const calls of this.#calls) calls.died(process);
  }

  #breakIfSilent(stream: SimStream, isSilent: () => boolean): void {
    this.scheduler.after(this.keepaliveMs(), 'keepalive', () => {
      if (isSilent()) stream.break(3000);
    });
  }
}
