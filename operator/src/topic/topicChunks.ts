/**
 * Whether all assignments of a topic are there: each names its place, and what is missing among them says who holds and
 * leads what was acknowledged. With a gap nothing is written: what were made in its place would be empty. Pure.
 */
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import { PARTITIONS_PER_ASSIGNMENT } from '@millrace/core/resources/partitionAssignment';
import { TopicProblem } from './topicProblem.ts';
import type { KnownAssignment } from './topicView.ts';

export const ASSIGNMENT_MISSING = 'AssignmentMissing';

/** Throws TopicProblem. `chunks`: what is there of it, in order. */
export function checkChunks(topic: TopicResource, chunks: readonly KnownAssignment[]): void {
  for (const [index, { name, spec }] of chunks.entries()) {
    if (spec.chunk !== index) throw missing(`number ${index} is not there, and ${name} is`);
    const isLast = index === chunks.length - 1;
    const count = spec.replicas.length;
    if (!isLast && count !== PARTITIONS_PER_ASSIGNMENT) {
      throw missing(`${name} has ${count} partitions instead of ${PARTITIONS_PER_ASSIGNMENT}`);
    }
  }
  // More were led than there are: the last ones are missing. Not by `partitions`, which is told before they are made.
  const led = topic.status?.ledPartitions ?? 0;
  const count = chunks.reduce((sum, { spec }) => sum + spec.replicas.length, 0);
  if (topic.status?.topicId !== undefined && led > count) {
    throw missing(`${led} partitions were led, and those that are there have ${count}`);
  }
}

/** Of one that exists and that no parser accepts. */
export function unreadable(name: string): TopicProblem {
  return missing(`${name} is there and cannot be read`);
}

function missing(what: string): TopicProblem {
  return new TopicProblem(
    ASSIGNMENT_MISSING,
    'stalled',
    `of the PartitionAssignments of this topic ${what}: restore it from a backup; until then nothing of the topic is changed`,
  );
}
