/** One partition as a key of maps and sets: `<topicId>/<partition>`. */
import { type TopicId, toTopicId } from '../ids.ts';

declare const kind: unique symbol;
export type PartitionRef = string & { readonly [kind]: 'PartitionRef' };

const TOPIC_ID_CHARS = 36;

export function partitionRef(topicId: TopicId, partition: number): PartitionRef {
  return `${topicId}/${partition}` as PartitionRef;
}

export function topicOf(ref: PartitionRef): TopicId {
  return ref.slice(0, TOPIC_ID_CHARS) as TopicId;
}

export function partitionOf(ref: PartitionRef): number {
  return Number(ref.slice(TOPIC_ID_CHARS + 1));
}

/** Throws INVALID_REQUEST for a topic id that is none. */
export function checkedPartitionRef(topicId: string, partition: number): PartitionRef {
  return partitionRef(toTopicId(topicId), partition);
}

/** By topic id, then by partition as a number. */
export function byRef(left: PartitionRef, right: PartitionRef): number {
  const topics = compareText(topicOf(left), topicOf(right));
  return topics === 0 ? partitionOf(left) - partitionOf(right) : topics;
}

/** By code units: the same in every process, whatever its locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
