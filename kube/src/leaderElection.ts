/**
 * One leader among processes, by a Lease: whoever sees no renewal for the lease's duration, by its own monotonic clock,
 * takes it. It fences nobody [a paused leader goes on until it looks at its clock]: writes are compare-and-sets. The
 * loser should exit: what it had begun is finished by the next.
 */
import { pause } from './followedWatch.ts';
import type { KubeClient } from './kubeClient.ts';
import { isKubeError, KubeError } from './kubeError.ts';
import { holderOf, type LeaseObject, nextLeaseSpec } from './leaseObject.ts';
import { LEASES } from './resource.ts';

export interface LeaderElectionParts {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Unique to this process: pod name and a random suffix. */
  readonly identity: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly leaseDurationMs?: number;
  /** Not renewed for so long, this process is not the leader any more; less than the duration. */
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  readonly onElected: () => void;
  /** Never before `onElected`. */
  readonly onLost: () => void;
  readonly onFailed?: (cause: Error) => void;
}

export class LeaderElection {
  readonly #parts: LeaderElectionParts;
  readonly #ending = new AbortController();
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  readonly #running: Promise<void>;
  #seenVersion = '';
  #seenMs = 0;
  #held: LeaseObject | undefined;
  #renewedMs = 0;
  /** Runs whatever a call does: nobody else may begin while this process still acts. */
  #late: NodeJS.Timeout | undefined;

  /** Begins at once. */
  constructor(parts: LeaderElectionParts) {
    this.#parts = parts;
    this.#leaseDurationMs = parts.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = parts.renewDeadlineMs ?? 10_000;
    this.#retryMs = parts.retryMs ?? 2000;
    this.#running = this.#run();
  }

  get isLeader(): boolean {
    return this.#held !== undefined;
  }

  /** Frees the lease if it is ours: the next one need not wait. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    clearTimeout(this.#late);
    await this.#write(held, '').catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        if (this.#held === undefined) await this.#tryTake();
        else await this.#renew(this.#held);
      } catch (thrown) {
        if (!(thrown instanceof KubeError)) throw thrown;
        this.#parts.onFailed?.(thrown);
      }
      await pause(this.#retryMs * (0.8 + 0.4 * Math.random()), signal);
    }
  }

  async #tryTake(): Promise<void> {
    const { client, namespace, name, identity } = this.#parts;
    const options = { deadlineMs: this.#renewDeadlineMs, signal: this.#ending.signal };
    const lease = await client.get<LeaseObject>(LEASES, namespace, name, options);
    const nowMs = performance.now();
    const version = lease?.metadata.resourceVersion ?? '';
    if (version !== this.#seenVersion) {
      this.#seenVersion = version;
      this.#seenMs = nowMs;
    }
    const holder = holderOf(lease);
    const isExpired = nowMs - this.#seenMs >= this.#leaseDurationMs;
    if (holder !== '' && holder !== identity && !isExpired) return;
    // Before the write: the others count from when they see it.
    const askedMs = performance.now();
    const taken = await this.#writeOrConflict(lease);
    if (taken === undefined || this.#ending.signal.aborted) return;
    this.#hold(taken, askedMs);
    this.#parts.onElected();
  }

  async #renew(held: LeaseObject): Promise<void> {
    const { client, namespace, name, identity } = this.#parts;
    const askedMs = performance.now();
    const renewed = await this.#writeOrConflict(held);
    // Lost meanwhile: it is taken anew, if at all.
    if (this.#held !== held) return;
    if (renewed !== undefined) return this.#hold(renewed, askedMs);
    const options = { deadlineMs: this.#leftMs };
    const found = await client.get<LeaseObject>(LEASES, namespace, name, options);
    if (this.#held !== held) return;
    if (holderOf(found) === identity) this.#held = found;
    else this.#lose();
  }

  async #writeOrConflict(before: LeaseObject | undefined): Promise<LeaseObject | undefined> {
    try {
      return await this.#write(before, this.#parts.identity);
    } catch (error) {
      if (isKubeError(error, 'conflict', 'already-exists', 'not-found')) return undefined;
      throw error;
    }
  }

  #write(before: LeaseObject | undefined, holder: string): Promise<LeaseObject> {
    const { client, namespace, name, labels } = this.#parts;
    const spec = nextLeaseSpec(before, holder, this.#leaseDurationMs, Date.now());
    const options = { deadlineMs: this.#leftMs };
    if (before !== undefined) {
      return client.put<LeaseObject>(LEASES, namespace, { ...before, spec }, options);
    }
    const metadata = { name, namespace, ...(labels !== undefined && { labels }) };
    return client.create<LeaseObject>(LEASES, namespace, { metadata, spec }, options);
  }

  /** Milliseconds for a call. */
  get #leftMs(): number {
    if (this.#held === undefined) return this.#renewDeadlineMs;
    return Math.max(1, this.#renewedMs + this.#renewDeadlineMs - performance.now());
  }

  #hold(lease: LeaseObject, askedMs: number): void {
    this.#held = lease;
    this.#renewedMs = askedMs;
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#lose(), this.#leftMs);
  }

  #lose(): void {
    clearTimeout(this.#late);
    this.#held = undefined;
    this.#parts.onLost();
  }
}
