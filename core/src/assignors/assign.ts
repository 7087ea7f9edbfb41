/** The target of a group: declared pins first, the rest by its assignor (contracts.md, Groups). */
import { millraceError } from '../errors.ts';
import type { Assignment, Assignor, AssignorMember, AssignorTopic } from './assignor.ts';
import { type PartitionRef, partitionRef } from './partitionRef.ts';
import { range } from './range.ts';
import { sticky } from './sticky.ts';
import { uniform } from './uniform.ts';

export const ASSIGNORS = { uniform, range, sticky } as const satisfies Record<string, Assignor>;

export type AssignorName = keyof typeof ASSIGNORS;

export const DEFAULT_ASSIGNOR: AssignorName = 'uniform';

/** Throws UNKNOWN_ASSIGNOR. */
export function toAssignorName(name: string): AssignorName {
  if (Object.hasOwn(ASSIGNORS, name)) return name as AssignorName;
  const known = Object.keys(ASSIGNORS).join(', ');
  const shown = JSON.stringify(name.slice(0, 64));
  throw millraceError('UNKNOWN_ASSIGNOR', `there is no assignor ${shown}; there are ${known}`);
}

export interface AssignRequest {
  readonly assignor: AssignorName;
  readonly members: readonly AssignorMember[];
  readonly topics: readonly AssignorTopic[];
  /** To the instance id that alone may own the partition. */
  readonly pins: ReadonlyMap<PartitionRef, string>;
  readonly previous: Assignment;
}

/** A pinned partition waits while its instance is absent or does not subscribe to the topic. */
export function assign(request: AssignRequest): Assignment {
  const { assignor, members, topics, pins, previous } = request;
  if (pins.size === 0) return ASSIGNORS[assignor](members, topics, previous);
  const rest = topics.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.filter((partition) => !pins.has(partitionRef(topicId, partition))),
  }));
  const target = new Map<string, Set<PartitionRef>>();
  for (const [memberId, refs] of ASSIGNORS[assignor](members, rest, previous)) {
    target.set(memberId, new Set(refs));
  }
  const instances = new Map(members.map((member) => [member.instanceId, member]));
  for (const { topicId, partitions } of topics) {
    for (const partition of partitions) {
      const ref = partitionRef(topicId, partition);
      const instanceId = pins.get(ref);
      if (instanceId === undefined) continue;
      const owner = instances.get(instanceId);
      if (owner?.topics.has(topicId) === true) target.get(owner.memberId)?.add(ref);
    }
  }
  return target;
}
