/**
 * Who is the controller: the lease of the cluster store (safety.md, rules 18, 20 and 27). Holding it allows to decide; it
 * fences nobody: the compare-and-set of every write does, and the controller epoch, which is set in the write that takes
 * the lease, above all that were ever used. Failing to renew is not losing: only another holder or a higher epoch is.
 */
import { MillraceError, toMillraceError } from '@millrace/core/errors';
import type { PeerTransport } from '../cluster/peerTransport.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore, Lease } from '../store/clusterStore.ts';
import { LeaseObserver } from '../store/leaseObserver.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { formatHolder, type LeaseHolder, parseHolder } from './leaseHolder.ts';
import { PROBE_INTERVAL_MS, pause, provenDead } from './probing.ts';

/** After a hint that the holder is dead, so long is looked closely. */
const SUSPICION_MS = 5000;
const JITTER_MS = 20;
const JITTER_SLOTS = 16;

export interface ControllerLeaseParts {
  readonly self: LeaseHolder;
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transport: Pick<PeerTransport, 'probe'>;
  readonly leaseDurationMs: number;
  readonly leaseRenewMs: number;
  readonly leasePollMs: number;
  readonly rulesOff: ControllerRulesOff;
  /** It is ours, with this epoch. `dead`: whom it was taken from, if that process is proven dead. */
  readonly onTaken: (epoch: number, dead: LeaseHolder | undefined) => void;
  readonly onLost: () => void;
  readonly onHolderChanged: () => void;
}

export class ControllerLease {
  readonly #parts: ControllerLeaseParts;
  readonly #me: string;
  readonly #observer: LeaseObserver;
  #holder: LeaseHolder | undefined;
  #held: Lease | undefined;
  /** The epoch that a write under way, or of unknown outcome, would take it with. */
  #tried: { readonly epoch: number; readonly dead: LeaseHolder | undefined } | undefined;
  /** Epochs that brokers reported. */
  #epochFloor = 0;
  #seen: Lease | undefined;
  #seenMs = 0;
  #suspectedUntilMs = 0;
  #holdOffUntilMs = 0;
  #running: Promise<void> | undefined;
  #stopped = false;
  #wakeUp: (() => void) | undefined;
  #isWoken = false;
  #isFailing = false;

  constructor(parts: ControllerLeaseParts) {
    this.#parts = parts;
    this.#me = formatHolder(parts.self);
    this.#observer = new LeaseObserver(parts.leaseDurationMs);
  }

  get holder(): LeaseHolder | undefined {
    return this.#holder;
  }

  /** The store refused or did not answer, the last time that it was asked. */
  get isStoreOut(): boolean {
    return this.#isFailing;
  }

  /** 0 while it is not ours. */
  get epoch(): number {
    return this.#held?.epoch ?? 0;
  }

  start(): void {
    this.#suspectedUntilMs = this.#parts.clock.monotonicMs() + SUSPICION_MS;
    this.#running ??= this.#run();
  }

  /** Ends the looking, and frees the lease if it is ours. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.#release();
  }

  /** The holder may be dead: looked at now. */
  holderLost(): void {
    if (this.#held !== undefined) return;
    this.#suspectedUntilMs = this.#parts.clock.monotonicMs() + SUSPICION_MS;
    this.#wake();
  }

  /** A broker knows a higher epoch: taken again, above it. */
  raiseAbove(epoch: number): void {
    this.#epochFloor = Math.max(this.#epochFloor, epoch);
    this.#wake();
  }

  /** Somebody else is the controller, as an object or a broker shows. */
  deposed(): void {
    if (this.#held === undefined || this.#parts.rulesOff.has('stop-on-higher-epoch')) return;
    this.#lose();
    this.#wake();
  }

  /** Freed, and not taken again for so long. */
  async giveUp(holdOffMs: number): Promise<void> {
    this.#holdOffUntilMs = this.#parts.clock.monotonicMs() + holdOffMs;
    await this.#release();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let delayMs = this.#parts.leasePollMs;
      try {
        delayMs = await this.#step();
        this.#isFailing = false;
      } catch (thrown) {
        this.#report(toMillraceError(thrown));
      }
      await this.#sleep(delayMs);
    }
  }

  /** What is next, and when: milliseconds. */
  async #step(): Promise<number> {
    if (this.#held !== undefined) {
      await this.#renew(this.#held);
      return this.#held === undefined ? 0 : this.#parts.leaseRenewMs;
    }
    const { clock, store, leasePollMs } = this.#parts;
    const lease = await store.readLease();
    if (this.#stopped) return 0;
    const nowMs = clock.monotonicMs();
    const state = this.#observer.observe(lease, nowMs);
    if (this.#seen?.version !== lease.version) {
      this.#seen = lease;
      this.#seenMs = nowMs;
    }
    this.#note(parseHolder(lease.holder));
    if (lease.holder === this.#me) {
      // A write whose outcome was unknown has happened.
      if (nowMs < this.#holdOffUntilMs) {
        await this.#free(lease);
        return leasePollMs;
      }
      const tried = this.#tried;
      if (tried?.epoch === lease.epoch) this.#take(lease, tried.dead);
      else await this.#write(lease, undefined);
      return this.#held === undefined ? leasePollMs : this.#parts.leaseRenewMs;
    }
    if (nowMs < this.#holdOffUntilMs) return leasePollMs;
    const { brokerId } = this.#parts.self;
    const isEarlierBoot = this.#holder?.brokerId === brokerId;
    if (state !== 'held' || isEarlierBoot) {
      await this.#write(lease, isEarlierBoot ? this.#holder : undefined);
      return this.#held === undefined ? PROBE_INTERVAL_MS : this.#parts.leaseRenewMs;
    }
    return await this.#watchHolder(lease, nowMs);
  }

  /** Whether the holder is dead is asked where it listens, if there is a reason to. */
  async #watchHolder(lease: Lease, nowMs: number): Promise<number> {
    const { clock, store, self, leasePollMs, leaseRenewMs } = this.#parts;
    const holder = this.#holder;
    const isQuiet = nowMs - this.#seenMs > 2 * leaseRenewMs;
    const isSuspect = nowMs < this.#suspectedUntilMs || isQuiet;
    if (!isSuspect || holder === undefined) return leasePollMs;
    const wanted = () => !this.#stopped;
    if (!(await provenDead(this.#parts, holder.address, wanted, 2))) return PROBE_INTERVAL_MS;
    await pause(clock, (self.brokerId % JITTER_SLOTS) * JITTER_MS);
    const again = await store.readLease();
    if (again.version !== lease.version || this.#stopped) return 0;
    await this.#write(again, holder);
    return this.#held === undefined ? PROBE_INTERVAL_MS : leaseRenewMs;
  }

  async #renew(held: Lease): Promise<void> {
    const { store, rulesOff } = this.#parts;
    if (this.#epochFloor >= held.epoch) {
      await this.#write(held, undefined);
      return;
    }
    const { holder, epoch, renewals } = held;
    const next = { holder, epoch, renewals: renewals + 1 };
    try {
      const version = await store.writeLease(next, held.version);
      if (this.#held === held) this.#held = { ...next, version };
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
      const found = await store.readLease();
      if (this.#held !== held) return;
      if (found.holder === this.#me && found.epoch === epoch) this.#held = found;
      else if (!rulesOff.has('stop-on-higher-epoch')) this.#lose();
    }
  }

  /** Takes it with the next epoch. Does nothing if somebody was faster. */
  async #write(lease: Lease, dead: LeaseHolder | undefined): Promise<void> {
    const { store, rulesOff } = this.#parts;
    const { objects } = await store.list('PartitionAssignment');
    if (this.#stopped) return;
    const used = objects.map(({ status }) => status?.controllerEpoch ?? 0);
    const above = rulesOff.has('lease-epoch-above-all')
      ? lease.epoch
      : used.reduce(
          (high, epoch) => Math.max(high, epoch),
          Math.max(lease.epoch, this.#epochFloor),
        );
    const epoch = above + 1;
    const next = { holder: this.#me, epoch, renewals: lease.renewals + 1 };
    this.#tried = { epoch, dead };
    try {
      const version = await store.writeLease(next, lease.version);
      this.#take({ ...next, version }, dead);
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
      if (this.#held === undefined) return;
      const found = await store.readLease();
      if (found.holder !== this.#me) this.#lose();
      else if (found.epoch === epoch) this.#take(found, dead);
      else this.#held = found;
    }
  }

  #take(lease: Lease, dead: LeaseHolder | undefined): void {
    if (this.#stopped) {
      this.#held = lease;
      return;
    }
    this.#held = lease;
    this.#tried = undefined;
    this.#seen = lease;
    this.#suspectedUntilMs = 0;
    this.#parts.logger.info('this broker is the controller', { controllerEpoch: lease.epoch });
    this.#parts.onTaken(lease.epoch, dead);
    this.#note(this.#parts.self);
  }

  #lose(): void {
    this.#held = undefined;
    this.#parts.logger.info('another broker is the controller');
    this.#parts.onLost();
  }

  async #release(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#parts.onLost();
    try {
      await this.#free(held);
    } catch (thrown) {
      // It expires, or its next holder finds this process gone.
      this.#parts.logger.info('the lease is not freed', { cause: toMillraceError(thrown).message });
    }
  }

  async #free({ epoch, renewals, version }: Lease): Promise<void> {
    await this.#parts.store.writeLease({ holder: '', epoch, renewals: renewals + 1 }, version);
  }

  #note(holder: LeaseHolder | undefined): void {
    const before = this.#holder;
    this.#holder = holder;
    const same = before === undefined ? holder === undefined : isSame(before, holder);
    if (!same) this.#parts.onHolderChanged();
  }

  #report(error: MillraceError): void {
    if (this.#isFailing || this.#stopped) return;
    this.#isFailing = true;
    this.#parts.logger.warn('the lease of the controller is out of reach', {
      cause: error.message,
    });
  }

  #wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  /** Until somebody wakes it; at once if that was during the last step. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#isWoken = false;
        this.#wakeUp = undefined;
        timer.cancel();
        resolve();
      };
      const timer: TimerHandle = this.#parts.clock.setTimer(this.#isWoken ? 0 : ms, end);
      if (!this.#isWoken) this.#wakeUp = end;
    });
  }
}

function isSame(left: LeaseHolder, right: LeaseHolder | undefined): boolean {
  return right !== undefined && formatHolder(left) === formatHolder(right);
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof MillraceError && thrown.code === 'CONFLICT';
}
