import type { ClusterStore, Kind, WatchEvent } from '../../src/store/clusterStore.ts';

/** Collects what a watch reports; `until` waits for an event, so that no test sleeps. */
export class WatchRecord<K extends Kind> {
  readonly events: WatchEvent<K>[] = [];
  readonly stop: () => void;
  #wake: () => void = () => {};

  constructor(store: ClusterStore, kind: K, fromVersion: number) {
    this.stop = store.watch(kind, fromVersion, (event) => {
      this.events.push(event);
      this.#wake();
    });
  }

  async until(wanted: (events: readonly WatchEvent<K>[]) => boolean): Promise<void> {
    while (!wanted(this.events)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  untilVersion(version: number): Promise<void> {
    return this.until((events) => events.some((event) => versionOf(event) >= version));
  }

  /** `put name`, `deleted name` or `resync`, in order. */
  get lines(): string[] {
    return this.events.map((event) => {
      switch (event.type) {
        case 'put':
          return `put ${event.object.name}`;
        case 'deleted':
          return `deleted ${event.name}`;
        case 'resync':
          return 'resync';
      }
    });
  }
}

export function versionOf(event: WatchEvent<Kind>): number {
  if (event.type === 'put') return event.object.version;
  return event.type === 'deleted' ? event.version : -1;
}
