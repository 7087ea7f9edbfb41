/**
 * How many pods there are to be, and which brokers are to be emptied (kubernetes.md, Scale down): those above the number
 * take nothing new, their replicas move, and only what is empty goes, from the top. Pure.
 */
import type { BrokerId } from '@millrace/core/ids';
import type { KnownAssignment } from '../topic/topicView.ts';

export interface ScaleView {
  readonly wanted: number;
  /** Of the StatefulSet; undefined: there is none yet. */
  readonly current: number | undefined;
  readonly assignments: readonly KnownAssignment[];
  /** Names of assignments that cannot be read: nobody knows what they hold. */
  readonly unreadable: readonly string[];
  /** Known to take nothing new: before that, what is empty may be chosen the next moment. */
  readonly cordoned: ReadonlySet<BrokerId>;
  /** Brokers below `wanted` that are live and take replicas. */
  readonly staying: number;
  /** A person says that what is on them may go. */
  readonly isUnchecked: boolean;
}

export interface ScalePlan {
  readonly replicas: number;
  /** To be emptied. */
  readonly leaving: readonly BrokerId[];
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
}

const NAMES_SHOWN = 5;

export function planScale(view: ScaleView): ScalePlan {
  const { wanted, current = wanted } = view;
  if (wanted >= current || view.isUnchecked) {
    return { replicas: wanted, leaving: [], waiting: undefined };
  }
  const leaving = Array.from(
    { length: current - wanted },
    (_, index) => (wanted + index) as BrokerId,
  );
  const held = new Map(leaving.map((id) => [id, partitionsOn(id, view.assignments)]));
  // A StatefulSet takes pods away from the top.
  let replicas = current;
  const isFree = (id: BrokerId): boolean => held.get(id)?.size === 0 && view.cordoned.has(id);
  while (view.unreadable.length === 0 && replicas > wanted && isFree((replicas - 1) as BrokerId)) {
    replicas -= 1;
  }
  return { replicas, leaving, waiting: waitingFor(view, leaving, held) };
}

/** A partition without status may have a copy anywhere. */
export function partitionsOn(id: BrokerId, assignments: readonly KnownAssignment[]): Set<string> {
  const held = new Set<string>();
  for (const { spec, status } of assignments) {
    if (spec.deleted) continue;
    for (const [index, replicas] of spec.replicas.entries()) {
      const partition = status?.partitions[index];
      const isThere =
        partition === undefined ||
        replicas.includes(id) ||
        partition.replicas.includes(id) ||
        partition.adding.includes(id);
      if (isThere) held.add(`${spec.topicId}/${spec.chunk}/${index}`);
    }
  }
  return held;
}

function waitingFor(
  { assignments, staying, unreadable, cordoned }: ScaleView,
  leaving: readonly BrokerId[],
  held: ReadonlyMap<BrokerId, ReadonlySet<string>>,
): ScalePlan['waiting'] {
  if (unreadable.length > 0) {
    return {
      reason: 'ScaleDownBlocked',
      message: `the assignment ${unreadable[0]} cannot be read: nobody knows which brokers it needs`,
    };
  }
  const partitions = new Set([...held.values()].flatMap((of) => [...of])).size;
  const brokers = leaving.join(', ');
  if (partitions === 0) {
    if (leaving.every((id) => cordoned.has(id))) return undefined;
    return {
      reason: 'EmptyingBrokers',
      message: `brokers ${brokers} are to take nothing new first`,
    };
  }
  const tooWide = new Set(
    assignments
      .filter(({ spec }) => !spec.deleted)
      .filter(({ spec }) =>
        spec.replicas.some(
          (replicas) => replicas.length > staying && replicas.some((id) => leaving.includes(id)),
        ),
      )
      .map(({ spec }) => spec.topicName),
  );
  if (tooWide.size > 0) {
    const names = [...tooWide].slice(0, NAMES_SHOWN).join(', ');
    return {
      reason: 'ScaleDownBlocked',
      message: `brokers ${brokers} cannot be emptied: ${staying} brokers that stay can take replicas, and these topics have more copies: ${names}. Lower their replicationFactor, or set the number of brokers back`,
    };
  }
  return {
    reason: 'EmptyingBrokers',
    message: `${partitions} partitions still have a copy on brokers ${brokers}: they go once they are empty`,
  };
}
