/** Partitions of which a wanted copy is not in sync. Pure. */
import type { KnownAssignment } from '../topic/topicView.ts';
import type { RollView } from './rollPlan.ts';

const SHOWN = 3;

export function underReplicated(
  assignments: readonly KnownAssignment[],
): RollView['underReplicated'] {
  const some: string[] = [];
  let count = 0;
  for (const { spec, status } of assignments) {
    if (spec.deleted) continue;
    for (const partition of status?.partitions ?? []) {
      if (!partition.initialized || partition.isr.length >= partition.replicas.length) continue;
      count += 1;
      if (some.length < SHOWN) some.push(`${spec.topicName}/${partition.p}`);
    }
  }
  return { count, some };
}
