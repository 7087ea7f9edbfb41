/**
 * Blocks of producer ids, never handed out twice (safety.md, rule 15): by compare-and-set of ClusterState, and past all
 * that could have been handed out before, if the store was rewound.
 */
import { millraceError, toMillraceError } from '@millrace/core/errors';
import { CLUSTER_STATE_NAME } from '@millrace/core/resources/clusterState';
import type { ProducerIdBlock } from '../cluster/sessionMessages.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { ControllerRulesOff } from './controllerRules.ts';

const BLOCK = 1000;
export const SKIP_AFTER_REWIND = 2 ** 32;
const TRIES_MAX = 20;

export interface ProducerIdsParts {
  readonly store: ClusterStore;
  readonly rulesOff: ControllerRulesOff;
}

export class ProducerIds {
  readonly #parts: ProducerIdsParts;
  /** Past the last block of this process. */
  #next = 0;
  #isRewound = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ProducerIdsParts) {
    this.#parts = parts;
  }

  /** The store has older contents than were seen. */
  rewound(): void {
    this.#isRewound = true;
  }

  /** Rejects with STORE_UNAVAILABLE; ids that may have been taken are lost, which harms nobody. */
  allocate(): Promise<ProducerIdBlock> {
    const block = this.#last.then(() => this.#allocate());
    this.#last = block.catch(() => undefined);
    return block;
  }

  async #allocate(): Promise<ProducerIdBlock> {
    const { store, rulesOff } = this.#parts;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const object = await store.get('ClusterState', CLUSTER_STATE_NAME);
      if (object === undefined) {
        throw millraceError('CORRUPT_STATE', 'the cluster store has no ClusterState');
      }
      const { featureLevel } = object.spec;
      const status = object.status ?? { featureLevel, producerIdNext: 0 };
      const stored = status.producerIdNext;
      // Without a status it is new, or lost: which of them, nobody knows.
      const skips = this.#isRewound || stored < this.#next || object.status === undefined;
      const first = Math.max(stored, this.#next) + (skips ? SKIP_AFTER_REWIND : 0);
      if (rulesOff.has('ids-by-cas')) return { first: stored, count: BLOCK };
      const { kind, name, version: expectedVersion } = object;
      const written = { ...status, producerIdNext: first + BLOCK };
      try {
        await store.update([{ kind, name, expectedVersion, status: written }]);
      } catch (thrown) {
        if (toMillraceError(thrown).code !== 'CONFLICT') throw thrown;
        continue;
      }
      this.#next = first + BLOCK;
      this.#isRewound = false;
      return { first, count: BLOCK };
    }
    throw millraceError('CONFLICT', 'producer ids are being taken by others');
  }
}
