import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { Random } from '../../../src/io/random.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import type {
  AnyChange,
  AnyNewObject,
  ClusterStore,
  Kind,
  Lease,
  Listing,
  StoredObject,
  WatchEvent,
} from '../../../src/store/clusterStore.ts';
import { parseStoredJson } from '../../../src/store/storedContents.ts';
import { checkWrites, SimStoreContents } from './simStoreContents.ts';
import { SimStoreWatch } from './simStoreWatch.ts';

/** Probabilities, each of one request. */
export interface StoreFaults {
  /** Of a write: somebody else wrote the object just before. */
  conflict: number;
  /** The store says no. */
  refused: number;
  /** No answer; of a write nobody knows whether it has happened, will happen later, or never. */
  timeout: number;
  /** Of a look of a watch: what came in between is not known any more. */
  missedWatch: number;
  /** An answer that takes up to a second: what it says of the store is old by then. */
  slow: number;
}

export const noStoreFaults: StoreFaults = {
  conflict: 0,
  refused: 0,
  timeout: 0,
  missedWatch: 0,
  slow: 0,
};

/** How long a client waits before it gives up. */
const timeoutMs = 4000;
/** A write without an answer may land as late as this after it was sent. */
const delayedMsMax = 8000;

/**
 * The store of a simulated cluster: one point in time for each request, wherever between call and answer, whether or
 * not who asked is still alive then.
 */
export class SimStore {
  readonly scheduler: SimScheduler;
  readonly random: Random;
  readonly contents = new SimStoreContents();
  faults: StoreFaults = noStoreFaults;
  /** Called after each change, with what was done. */
  onChanged: (what: string) => void = () => {};
  readonly #watches = new Set<SimStoreWatch>();
  readonly #cutOff = new Set<string>();
  #isOut = false;

  constructor(scheduler: SimScheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** The store as `process`, on `host`, sees it. */
  open(process: SimProcess, host: string): SimStoreClient {
    const client = new SimStoreClient(this, process, host);
    process.onKill(() => client.abandon());
    return client;
  }

  /** Nobody reaches it. */
  set outage(isOut: boolean) {
    this.#isOut = isOut;
    if (!isOut) this.poke();
  }

  cutOff(host: string): void {
    this.#cutOff.add(host);
  }

  reconnect(host: string): void {
    this.#cutOff.delete(host);
    this.poke();
  }

  isReachable(host: string): boolean {
    return !this.#isOut && !this.#cutOff.has(host);
  }

  changed(what: string): void {
    this.onChanged(what);
    this.poke();
  }

  /** A backup of a moment ago is restored while everybody is connected. */
  rewind(to: ReturnType<SimStoreContents['snapshot']>, versions: 'bumped' | 'repeated'): void {
    this.contents.rewind(to, versions);
    this.changed('rewind');
  }

  watching(watch: SimStoreWatch): void {
    this.#watches.add(watch);
  }

  unwatch(watch: SimStoreWatch): void {
    this.#watches.delete(watch);
  }

  poke(): void {
    for (const watch of this.#watches) watch.look();
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random.float() < probability;
  }

  /** One way. */
  latencyMs(): number {
    const { random } = this;
    if (this.chance(this.faults.slow)) return random.float() * 1000;
    return random.float() * (random.int(50) === 0 ? 40 : 2);
  }
}

/** One process's view: what a ClusterStore promises, and its faults. */
export class SimStoreClient implements ClusterStore {
  readonly #store: SimStore;
  readonly #process: SimProcess;
  readonly #host: string;
  readonly #watches = new Set<SimStoreWatch>();
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(store: SimStore, process: SimProcess, host: string) {
    this.#store = store;
    this.#process = process;
    this.#host = host;
  }

  async get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined> {
    const row = await this.#read(`get ${kind}`, (contents) => contents.get(kind, name));
    return row === undefined ? undefined : parseStoredJson(kind, row);
  }

  async list<K extends Kind>(kind: K): Promise<Listing<K>> {
    const { rows, version } = await this.#read(`list ${kind}`, (contents) => ({
      rows: contents.list(kind),
      version: contents.version,
    }));
    return { objects: rows.map((row) => parseStoredJson(kind, row)), version };
  }

  async create(objects: readonly AnyNewObject[]): Promise<number[]> {
    checkWrites(objects);
    if (objects.length === 0) return [];
    const what = `create ${objects.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
    return this.#write(what, (contents) => contents.create(objects));
  }

  async update(changes: readonly AnyChange[]): Promise<number[]> {
    checkWrites(changes);
    if (changes.length === 0) return [];
    const what = `update ${changes.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
    return this.#write(what, (contents, isDisturbed) => {
      for (const { kind, name } of isDisturbed ? changes : []) contents.touch(kind, name);
      return contents.update(changes);
    });
  }

  delete(kind: Kind, name: string, expectedVersion: number): Promise<void> {
    return this.#write(`delete ${kind} ${name}`, (contents, isDisturbed) => {
      if (isDisturbed) contents.touch(kind, name);
      contents.delete(kind, name, expectedVersion);
    });
  }

  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void {
    const watch = new SimStoreWatch(
      { store: this.#store, process: this.#process, host: this.#host },
      { kind, fromVersion, onEvent: (event) => onEvent(event as WatchEvent<K>) },
    );
    const stop = (): void => {
      watch.stop();
      this.#watches.delete(watch);
    };
    if (!this.#isClosed) {
      this.#watches.add(watch);
      watch.start();
    }
    return stop;
  }

  readLease(): Promise<Lease> {
    return this.#read('readLease', (contents) => contents.lease);
  }

  writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    const { holder, epoch, renewals } = lease;
    const what = `lease ${holder} epoch ${epoch} renewals ${renewals}`;
    return this.#write(what, (contents, isDisturbed) => {
      if (isDisturbed) contents.touchLease();
      return contents.writeLease({ holder, epoch, renewals }, expectedVersion);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.abandon();
    await Promise.allSettled(this.#underWay);
  }

  /** Ends all watches, as the death of its process does. */
  abandon(): void {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
  }

  #read<Result>(what: string, read: (contents: SimStoreContents) => Result): Promise<Result> {
    return this.#request(what, 'read', ({ contents }) => read(contents));
  }

  #write<Result>(
    what: string,
    write: (contents: SimStoreContents, isDisturbed: boolean) => Result,
  ): Promise<Result> {
    const isDisturbed = this.#store.chance(this.#store.faults.conflict);
    return this.#request(what, 'write', (store) => {
      const before = store.contents.version;
      try {
        return write(store.contents, isDisturbed);
      } finally {
        if (store.contents.version > before) store.changed(`${this.#host}: ${what}`);
      }
    });
  }

  #request<Result>(
    what: string,
    kind: 'read' | 'write',
    perform: (store: SimStore) => Result,
  ): Promise<Result> {
    if (this.#isClosed) return Promise.reject(unavailable('the store is closed', 'not-applied'));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const store = this.#store;
    const { scheduler, faults, random } = store;
    const answer = (delayMs: number, settle: () => void): void => {
      this.#process.after(delayMs, `store ${what}`, settle);
    };
    const isReachable = store.isReachable(this.#host);
    if (store.chance(faults.refused) || (!isReachable && random.int(2) === 0)) {
      answer(store.latencyMs(), () => reject(unavailable(`refused: ${what}`, 'not-applied')));
    } else if (!isReachable || store.chance(faults.timeout)) {
      const delayMs = random.float() * random.float() * delayedMsMax;
      if (isReachable && kind === 'write' && random.int(3) > 0) {
        scheduler.after(delayMs, `store ${what}`, () => ignoreRefusal(() => perform(store)));
      }
      const outcome = kind === 'write' ? 'unknown' : 'not-applied';
      answer(timeoutMs, () => reject(unavailable(`no answer: ${what}`, outcome)));
    } else {
      scheduler.after(store.latencyMs(), `store ${what}`, () => {
        try {
          const result = perform(store);
          answer(store.latencyMs(), () => resolve(result));
        } catch (error) {
          answer(store.latencyMs(), () => reject(toMillraceError(error)));
        }
      });
    }
    const settled = promise.catch(() => undefined);
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
    return promise;
  }
}

function unavailable(message: string, outcome: 'not-applied' | 'unknown'): MillraceError {
  return millraceError('STORE_UNAVAILABLE', message, { outcome });
}

function ignoreRefusal(perform: () => unknown): void {
  try {
    perform();
  } catch (error) {
    if (toMillraceError(error).code !== 'CONFLICT') throw error;
  }
}
