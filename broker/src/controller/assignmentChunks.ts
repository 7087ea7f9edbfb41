/** New PartitionAssignment objects for partitions of a topic. Pure. */
import type { BrokerId, ClusterId, TopicId } from '@millrace/core/ids';
import {
  assignmentName,
  type AssignmentSpec,
  PARTITIONS_PER_ASSIGNMENT,
} from '@millrace/core/resources/partitionAssignment';
import type { NewObject } from '../store/clusterStore.ts';

export interface ChunkedTopic {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly clusterId: ClusterId;
  readonly config: Readonly<Record<string, string>>;
}

/** `replicas`: of the partitions from the beginning of `firstChunk` on. */
export function newAssignments(
  topic: ChunkedTopic,
  replicas: readonly (readonly BrokerId[])[],
  firstChunk: number,
): NewObject<'PartitionAssignment'>[] {
  const chunks: NewObject<'PartitionAssignment'>[] = [];
  for (let from = 0; from < replicas.length; from += PARTITIONS_PER_ASSIGNMENT) {
    const chunk = firstChunk + chunks.length;
    const spec: AssignmentSpec = {
      ...topic,
      chunk,
      replicas: replicas.slice(from, from + PARTITIONS_PER_ASSIGNMENT),
      deletionPolicy: 'Delete',
      deleted: false,
    };
    chunks.push({ kind: 'PartitionAssignment', name: assignmentName(topic.topicId, chunk), spec });
  }
  return chunks;
}
