import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { AnyStoredObject, Kind, WatchEvent } from '../../../src/store/clusterStore.ts';
import { parseStoredJson } from '../../../src/store/storedContents.ts';
import type { SimStore } from './simStore.ts';
import type { RowEvent } from './simStoreContents.ts';

interface Watcher {
  readonly store: SimStore;
  readonly process: SimProcess;
  readonly host: string;
}

interface Watched {
  readonly kind: Kind;
  readonly fromVersion: number;
  readonly onEvent: (event: WatchEvent<Kind>) => void;
}

/** One watch: looks what is new some time after each change, so that changes in a row may be seen as one. */
export class SimStoreWatch {
  readonly #watcher: Watcher;
  readonly #watched: Watched;
  /** Of the last event that was told. */
  #version: number;
  #isLooking = false;
  #mustLookAgain = false;
  #isStopped = false;

  constructor(watcher: Watcher, watched: Watched) {
    this.#watcher = watcher;
    this.#watched = watched;
    this.#version = watched.fromVersion;
  }

  start(): void {
    this.#watcher.store.watching(this);
    this.look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#watcher.store.unwatch(this);
  }

  look(): void {
    const { store, host } = this.#watcher;
    if (this.#isStopped || !store.isReachable(host)) return;
    if (this.#isLooking) {
      this.#mustLookAgain = true;
      return;
    }
    this.#isLooking = true;
    store.scheduler.after(store.latencyMs(), 'store look', () => this.#find());
  }

  #find(): void {
    const { store, process, host } = this.#watcher;
    const { kind } = this.#watched;
    this.#mustLookAgain = false;
    const isMissed = store.chance(store.faults.missedWatch);
    const found = isMissed ? 'gap' : store.contents.changesSince(kind, this.#version);
    const delayMs = store.latencyMs();
    process.after(delayMs, 'store watch', () => {
      this.#isLooking = false;
      if (!store.isReachable(host)) return;
      if (found === 'gap') this.#end();
      else this.#tell(found);
      if (this.#mustLookAgain) this.look();
    });
  }

  #tell(rows: readonly RowEvent[]): void {
    const { kind, onEvent } = this.#watched;
    for (const row of rows) {
      if (this.#isStopped) return;
      this.#version = row.version;
      if ('spec' in row) {
        const object = parseStoredJson(kind, row) as AnyStoredObject;
        onEvent({ type: 'put', object });
      } else {
        onEvent({ type: 'deleted', name: row.name, version: row.version });
      }
    }
  }

  #end(): void {
    if (this.#isStopped) return;
    this.stop();
    this.#watched.onEvent({ type: 'resync' });
  }
}
