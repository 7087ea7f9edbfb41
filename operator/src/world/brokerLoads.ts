/** The brokers of a cluster as placement sees them. Pure. */
import type { BrokerId } from '@millrace/core/ids';
import type { PlaceableBroker } from '@millrace/core/place';
import type { BrokerLoads } from '@millrace/core/replicaMoves';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import type { BrokerSpec, BrokerStatus } from '@millrace/core/resources/broker';

export interface KnownBroker {
  readonly id: BrokerId;
  readonly spec: BrokerSpec;
  /** Undefined: the controller has not said anything of it yet. */
  readonly status: BrokerStatus | undefined;
}

/** Those that are live; cordoned and draining ones are among them, and marked. */
export function brokerLoads(
  brokers: readonly KnownBroker[],
  assignments: readonly AssignmentSpec[],
): BrokerLoads {
  const replicas = new Map<BrokerId, number>();
  const leaders = new Map<BrokerId, number>();
  for (const spec of assignments) {
    for (const wanted of spec.deleted ? [] : spec.replicas) {
      const [preferred] = wanted;
      if (preferred !== undefined) leaders.set(preferred, (leaders.get(preferred) ?? 0) + 1);
      for (const id of wanted) replicas.set(id, (replicas.get(id) ?? 0) + 1);
    }
  }
  return new Map(
    brokers
      .filter(({ status }) => status?.fenced === false)
      .toSorted((left, right) => left.id - right.id)
      .map(({ id, spec, status }): [BrokerId, PlaceableBroker] => [
        id,
        {
          id,
          rack: status?.rack ?? '',
          cordoned: spec.cordoned || spec.draining,
          replicas: replicas.get(id) ?? 0,
          leaders: leaders.get(id) ?? 0,
        },
      ]),
  );
}

export function drainingBrokers(brokers: readonly KnownBroker[]): ReadonlySet<BrokerId> {
  return new Set(brokers.filter(({ spec }) => spec.draining).map(({ id }) => id));
}
