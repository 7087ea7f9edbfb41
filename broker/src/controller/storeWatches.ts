/** The watches of a controller: assignments and brokers, from the version at which they were read. */
import { toBrokerId } from '@millrace/core/ids';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore, StoredObject } from '../store/clusterStore.ts';
import type { Replay } from './replay.ts';
import type { ReignState } from './reignState.ts';
import { StateWatch } from './stateWatch.ts';

export interface StoreWatchesParts {
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class StoreWatches {
  readonly #assignments: StateWatch<'PartitionAssignment'>;
  readonly #brokers: StateWatch<'Broker'>;

  constructor(parts: StoreWatchesParts, state: ReignState, replay: Replay) {
    this.#assignments = watchAssignments(parts, state, replay);
    this.#brokers = watchBrokers(parts, state, replay);
  }

  close(): void {
    this.#assignments.close();
    this.#brokers.close();
  }
}

function watchAssignments(
  parts: StoreWatchesParts,
  { model, assignmentsVersion }: ReignState,
  replay: Replay,
): StateWatch<'PartitionAssignment'> {
  /** When the listing was asked for: an object that it shows at a lower version was taken back. */
  const known = new Map<string, number>();
  return new StateWatch(
    {
      ...parts,
      kind: 'PartitionAssignment',
      onEvent: (event) => {
        if (event.type === 'put') replay.seen(event.object);
        else replay.doubted(event.name);
      },
      beforeListing: () => {
        known.clear();
        for (const { name, object } of model.chunks.values()) known.set(name, object.version);
      },
      onListing: ({ objects }) => {
        for (const object of objects) {
          const isRewound = object.version < (known.get(object.name) ?? 0);
          if (isRewound) replay.doubted(object.name);
          else replay.seen(object);
          known.delete(object.name);
        }
        for (const name of known.keys()) replay.doubted(name);
      },
    },
    assignmentsVersion,
  );
}

function watchBrokers(
  parts: StoreWatchesParts,
  { model, brokersVersion }: ReignState,
  replay: Replay,
): StateWatch<'Broker'> {
  const onBroker = (object: StoredObject<'Broker'>): void => {
    const before = model.brokers.get(toBrokerId(Number(object.name)));
    if (before === undefined || before.version < object.version) replay.broker(object);
  };
  return new StateWatch(
    {
      ...parts,
      kind: 'Broker',
      onEvent: (event) => {
        if (event.type === 'put') onBroker(event.object);
      },
      beforeListing: () => {},
      onListing: ({ objects }) => objects.forEach(onBroker),
    },
    brokersVersion,
  );
}
