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
  while (replicas > wanted && held.get((replicas - 1) as BrokerId)?.size === 0) replicas -= 1;
  return { replicas, leaving, waiting: waitingFor(view, leaving, held) };
}

function partitionsOn(id: BrokerId, assignments: readonly KnownAssignment[]): Set<string> {
  const held = new Set<string>();
  for (const { spec, status } of assignments) {
    if (spec.deleted) continue;
    for (const [index, replicas] of spec.replicas.entries()) {
      const partition = status?.partitions[index];
      const isThere =
        replicas.includes(id) ||
        partition?.replicas.includes(id) === true ||
        partition?.adding.includes(id) === true;
      if (isThere) held.add(`${spec.topicId}/${spec.chunk}/${index}`);
    }
  }
  return held;
}

function waitingFor(
  { assignments, staying }: ScaleView,
  leaving: readonly BrokerId[],
  held: ReadonlyMap<BrokerId, ReadonlySet<string>>,
): ScalePlan['waiting'] {
  const partitions = new Set([...held.values()].flatMap((of) => [...of])).size;
  if (partitions === 0) return undefined;
  const brokers = leaving.join(', ');
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
