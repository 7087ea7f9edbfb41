/** Fields that several records of `__groups` have in common, in protobuf. Writers write backwards: see ProtoWriter. */
import {
  checkedPartitionRef,
  partitionOf,
  type PartitionRef,
  topicOf,
} from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { CommittedOffset, OwnedPartitions } from './groupRecord.ts';

/** `repeated {1: string topic_id, 2: repeated uint32 partitions}`, in the order in which the topics come first. */
export function writePartitions(
  writer: ProtoWriter,
  field: number,
  refs: ReadonlySet<PartitionRef>,
): void {
  const topics = new Map<TopicId, number[]>();
  for (const ref of refs) {
    const partitions = topics.get(topicOf(ref));
    if (partitions === undefined) topics.set(topicOf(ref), [partitionOf(ref)]);
    else partitions.push(partitionOf(ref));
  }
  for (const [topicId, partitions] of [...topics].reverse()) {
    const mark = writer.mark();
    writer.packedUint32(2, partitions);
    writer.string(1, topicId);
    writer.close(field, mark);
  }
}

/** One element of that field. */
export function readPartitions(reader: ProtoReader, into: Set<PartitionRef>): void {
  let topicId = '';
  const partitions: number[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = reader.string();
    else if (field === 2) reader.packedUint32(partitions);
    else reader.skip();
  }
  for (const partition of partitions) into.add(checkedPartitionRef(topicId, partition));
}

/** `repeated {1: string topic_id, 2: repeated uint32 partitions, 3: repeated uint32 since}`, the last two alike in length. */
export function writeOwned(writer: ProtoWriter, field: number, owned: OwnedPartitions): void {
  const topics = new Map<TopicId, { readonly partitions: number[]; readonly since: number[] }>();
  for (const [ref, since] of owned) {
    const topic = topics.get(topicOf(ref));
    if (topic === undefined) {
      topics.set(topicOf(ref), { partitions: [partitionOf(ref)], since: [since] });
    } else {
      topic.partitions.push(partitionOf(ref));
      topic.since.push(since);
    }
  }
  for (const [topicId, { partitions, since }] of [...topics].reverse()) {
    const mark = writer.mark();
    writer.packedUint32(3, since);
    writer.packedUint32(2, partitions);
    writer.string(1, topicId);
    writer.close(field, mark);
  }
}

/** One element of that field. */
export function readOwned(reader: ProtoReader, into: Map<PartitionRef, number>): void {
  let topicId = '';
  const partitions: number[] = [];
  const since: number[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = reader.string();
    else if (field === 2) reader.packedUint32(partitions);
    else if (field === 3) reader.packedUint32(since);
    else reader.skip();
  }
  if (since.length !== partitions.length) {
    throw millraceError('INVALID_REQUEST', 'partitions and their epochs differ in number');
  }
  for (const [index, partition] of partitions.entries()) {
    into.set(checkedPartitionRef(topicId, partition), since[index] ?? 0);
  }
}

export function writeStrings(writer: ProtoWriter, field: number, texts: readonly string[]): void {
  for (const text of [...texts].reverse()) writer.presentString(field, text);
}

/** `{1: offset, 2: int32 leader_epoch + 1, 3: metadata, 4: commit_ms}`. */
export function writeCommitted(writer: ProtoWriter, committed: CommittedOffset): void {
  writer.number(4, committed.commitMs);
  writer.string(3, committed.metadata);
  // Most have one: -1 would take ten bytes.
  writer.number(2, committed.leaderEpoch + 1);
  writer.number(1, committed.offset);
}

export function readCommitted(reader: ProtoReader): CommittedOffset {
  let offset = 0;
  let leaderEpoch = -1;
  let metadata = '';
  let commitMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) offset = reader.unsigned();
    else if (field === 2) leaderEpoch = reader.uint32() - 1;
    else if (field === 3) metadata = reader.string();
    else if (field === 4) commitMs = reader.unsigned();
    else reader.skip();
  }
  return { offset, leaderEpoch, metadata, commitMs };
}

/** An enum by its index. Throws INVALID_REQUEST for one that this version does not know. */
export function named<Name extends string>(names: readonly Name[], index: number): Name {
  const name = names[index];
  if (name === undefined) throw millraceError('INVALID_REQUEST', `no value ${index} is known`);
  return name;
}
