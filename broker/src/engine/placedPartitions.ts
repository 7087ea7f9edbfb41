/** Partitions across the chunks of their topic's assignment: reading them, and writing decisions back. Pure. */
import {
  PARTITIONS_PER_ASSIGNMENT,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { CatalogTopic, StoredAssignment } from '../controller/catalog.ts';
import type { Decision } from '../controller/firstElection.ts';

export interface PlacedPartition {
  readonly partition: number;
  readonly initialized: boolean;
  readonly status: PartitionStatus | undefined;
}

export function partitionsOf(entry: CatalogTopic): PlacedPartition[] {
  return entry.assignments.flatMap((object, chunk) =>
    object.spec.replicas.map((_, index) => {
      const status = object.status?.partitions[index];
      const partition = chunk * PARTITIONS_PER_ASSIGNMENT + index;
      return { partition, initialized: status?.initialized ?? false, status };
    }),
  );
}

/** The whole status of the chunk if a decision concerns one of its partitions; nothing otherwise. */
export function changedStatus(
  assignment: StoredAssignment,
  chunk: number,
  decisions: readonly (Decision | undefined)[],
): { assignment: StoredAssignment; partitions: PartitionStatus[] }[] {
  const from = chunk * PARTITIONS_PER_ASSIGNMENT;
  const mine = decisions.slice(from, from + assignment.spec.replicas.length);
  if (mine.every((decision) => decision === undefined)) return [];
  const partitions = assignment.spec.replicas.flatMap((_, index) => {
    const status = mine[index]?.status ?? assignment.status?.partitions[index];
    return status === undefined ? [] : [status];
  });
  return [{ assignment, partitions }];
}

export function isDeleted(entry: CatalogTopic): boolean {
  return entry.assignments.some((object) => object.spec.deleted);
}
