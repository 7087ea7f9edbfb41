import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import { topicSpec } from './storedExamples.ts';

export interface StoreUnderTest {
  /** Another process's view of the same objects. */
  readonly open: () => Promise<ClusterStore>;
  readonly remove: () => Promise<void>;
}

export interface StoreAbilities {
  /** Several writes of one call are one transaction. */
  readonly atomic: boolean;
  /** Contents that this program does not know come back; else a schema prunes them. */
  readonly keepsUnknown: boolean;
}

interface Opened {
  readonly backing: StoreUnderTest;
  readonly store: ClusterStore;
  readonly other: ClusterStore;
}

/** One store seen by two processes, there during the tests of a `describe`. */
export class ConformanceSubject {
  readonly abilities: StoreAbilities;
  #opened: Opened | undefined;
  #names = 0;

  /** Called inside of a `describe`. `makeStore`: a fresh, empty store. */
  constructor(abilities: StoreAbilities, makeStore: () => Promise<StoreUnderTest>) {
    this.abilities = abilities;
    before(async () => {
      const backing = await makeStore();
      this.#opened = { backing, store: await backing.open(), other: await backing.open() };
    });
    after(async () => {
      await this.store.close();
      await this.other.close();
      await this.backing.remove();
    });
  }

  get backing(): StoreUnderTest {
    return this.#theOpened.backing;
  }

  get store(): ClusterStore {
    return this.#theOpened.store;
  }

  get other(): ClusterStore {
    return this.#theOpened.other;
  }

  freshName(): string {
    return `t${this.#names++}`;
  }

  /** The version that it has. */
  async createTopic(topic: string): Promise<number> {
    const [version] = await this.store.create([
      { kind: 'Topic', name: topic, spec: topicSpec(topic) },
    ]);
    assert.ok(version !== undefined);
    return version;
  }

  get #theOpened(): Opened {
    return this.#opened ?? assert.fail('the store is not open yet');
  }
}
