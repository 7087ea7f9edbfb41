/** Where the replicas of draining brokers go. Pure. */
import type { BrokerId } from '@millrace/core/ids';
import type { PlaceableBroker } from '@millrace/core/place';

/**
 * The replicas with each broker of `draining` replaced in its place: by one in a rack that holds fewest of the others,
 * then by the least loaded. Where nobody can take it, it stays. `brokers` is charged with what is placed.
 */
export function drained(
  replicas: readonly BrokerId[],
  draining: ReadonlySet<BrokerId>,
  brokers: Map<BrokerId, PlaceableBroker>,
): readonly BrokerId[] {
  const result = [...replicas];
  for (const [index, brokerId] of replicas.entries()) {
    if (!draining.has(brokerId)) continue;
    const found = replacement(result, brokerId, brokers);
    if (found === undefined) continue;
    result[index] = found.id;
    brokers.set(found.id, {
      ...found,
      replicas: found.replicas + 1,
      leaders: found.leaders + (index === 0 ? 1 : 0),
    });
  }
  return result.every((brokerId, index) => brokerId === replicas[index]) ? replicas : result;
}

function replacement(
  replicas: readonly BrokerId[],
  leaving: BrokerId,
  brokers: ReadonlyMap<BrokerId, PlaceableBroker>,
): PlaceableBroker | undefined {
  const inRack = (rack: string): number =>
    replicas.filter((id) => id !== leaving && brokers.get(id)?.rack === rack).length;
  return [...brokers.values()]
    .filter(({ id, cordoned }) => !cordoned && !replicas.includes(id))
    .sort(
      (left, right) =>
        inRack(left.rack) - inRack(right.rack) ||
        left.replicas - right.replicas ||
        left.leaders - right.leaders ||
        left.id - right.id,
    )[0];
}
