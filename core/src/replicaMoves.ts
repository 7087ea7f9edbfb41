/**
 * New replicas for partitions that have some: another number of copies, or brokers that are to be emptied. What need not
 * move stays. Pure; `brokers` is charged with what is placed, so that the next partition sees it.
 */
import type { BrokerId } from './ids.ts';
import type { PlaceableBroker } from './place.ts';

/** The live ones that may be asked. */
export type BrokerLoads = Map<BrokerId, PlaceableBroker>;

/**
 * With `replicationFactor` replicas: added ones go where fewest are in the rack and on the broker; of those that are too
 * many, the last go first, those of brokers that are away before others. As many as there are brokers for, if fewer.
 */
export function resized(
  replicas: readonly BrokerId[],
  replicationFactor: number,
  brokers: BrokerLoads,
): readonly BrokerId[] {
  const result = [...replicas];
  while (result.length > replicationFactor) {
    const away = result.findLastIndex((id) => !brokers.has(id));
    result.splice(away === -1 ? result.length - 1 : away, 1);
  }
  while (result.length < replicationFactor) {
    const found = leastLoaded(result, brokers);
    if (found === undefined) break;
    result.push(found.id);
    charge(found, result.length === 1, brokers);
  }
  return result;
}

/** Each broker of `leaving` replaced in its place; where nobody can take it, it stays. */
export function drained(
  replicas: readonly BrokerId[],
  leaving: ReadonlySet<BrokerId>,
  brokers: BrokerLoads,
): readonly BrokerId[] {
  const result = [...replicas];
  for (const [index, brokerId] of replicas.entries()) {
    if (!leaving.has(brokerId)) continue;
    const others = result.filter((id) => id !== brokerId);
    const found = leastLoaded(others, brokers, brokerId);
    if (found === undefined) continue;
    result[index] = found.id;
    charge(found, index === 0, brokers);
  }
  return result;
}

function charge(broker: PlaceableBroker, isLeader: boolean, brokers: BrokerLoads): void {
  const { replicas, leaders } = broker;
  brokers.set(broker.id, {
    ...broker,
    replicas: replicas + 1,
    leaders: leaders + (isLeader ? 1 : 0),
  });
}

function leastLoaded(
  others: readonly BrokerId[],
  brokers: BrokerLoads,
  except?: BrokerId,
): PlaceableBroker | undefined {
  const inRack = (rack: string): number =>
    others.filter((id) => brokers.get(id)?.rack === rack).length;
  return [...brokers.values()]
    .filter(({ id, cordoned }) => !cordoned && id !== except && !others.includes(id))
    .sort(
      (left, right) =>
        inRack(left.rack) - inRack(right.rack) ||
        left.replicas - right.replicas ||
        left.leaders - right.leaders ||
        left.id - right.id,
    )[0];
}
