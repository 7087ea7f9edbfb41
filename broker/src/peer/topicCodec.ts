/** Topics and partitions in metadata: millrace.peer.v1.TopicMetadata and PartitionState. */
import { type BrokerId, INT32_MAX, toBrokerId, type TopicId, toTopicId } from '@millrace/core/ids';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type {
  CopyName,
  LeaderName,
  PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { TopicMetadata } from '../cluster/metadata.ts';
import {
  integerIn,
  present,
  readCopyName,
  readInt32,
  readLeaderName,
  readName,
  readPartition,
  readTopicName,
} from './checkedFields.ts';
import { configBytesMax, readConfigEntry, writeConfig } from './configCodec.ts';

/** Some partitions of a topic: of a large one a message holds only a part. */
export interface TopicSlice {
  readonly topic: TopicMetadata;
  readonly from: number;
  readonly to: number;
}

/** `more`: partitions that continue the last topic of the part before. */
export type ReadTopic =
  | { readonly topic: TopicMetadata; readonly more?: undefined }
  | { readonly more: { readonly topicId: TopicId; readonly partitions: PartitionStatus[] } };

export function writeTopic(
  writer: ProtoWriter,
  field: number,
  { topic, from, to }: TopicSlice,
): void {
  const mark = writer.mark();
  writer.bool(8, from > 0);
  for (let index = to - 1; index >= from; index--) {
    const partition = topic.partitions[index];
    if (partition !== undefined) writePartition(writer, 7, partition);
  }
  if (from === 0) {
    writer.bool(6, topic.deleted);
    for (const key of topic.configSet.toReversed()) writer.presentString(5, key);
    writeConfig(writer, 4, topic.config);
    writer.number(3, topic.replicationFactor);
    writer.string(2, topic.name);
  }
  writer.string(1, topic.topicId);
  writer.close(field, mark);
}

export function readTopic(reader: ProtoReader): ReadTopic {
  let topicId: TopicId | undefined;
  let name: string | undefined;
  let replicationFactor = 0;
  let deleted = false;
  let continued = false;
  const config: [string, string][] = [];
  const configSet: string[] = [];
  const partitions: PartitionStatus[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) name = readTopicName(reader);
    else if (field === 3) replicationFactor = readInt32(reader, 'replication factor');
    else if (field === 4) config.push(readConfigEntry(reader.message()));
    else if (field === 5) configSet.push(readName(reader, 'a configuration key'));
    else if (field === 6) deleted = reader.bool();
    else if (field === 7) partitions.push(readPartitionState(reader.message()));
    else if (field === 8) continued = reader.bool();
    else reader.skip();
  }
  const id = present(topicId, 'topic id');
  if (continued) return { more: { topicId: id, partitions } };
  const topic = {
    topicId: id,
    name: present(name, 'topic name'),
    replicationFactor,
    config: Object.fromEntries(config),
    configSet,
    deleted,
    partitions,
  };
  return { topic };
}

/** Upper bound of what a slice without partitions takes. */
export function topicBytesMax({ name, config, configSet }: TopicMetadata): number {
  let bytes = 80 + name.length + configBytesMax(config);
  for (const key of configSet) bytes += 4 + 3 * key.length;
  return bytes;
}

/** Upper bound of what a partition takes. */
export function partitionBytesMax(partition: PartitionStatus): number {
  const { replicas, adding, isr, eligible } = partition;
  return 120 + 5 * (replicas.length + adding.length) + 27 * (isr.length + eligible.length);
}

function writePartition(writer: ProtoWriter, field: number, partition: PartitionStatus): void {
  const mark = writer.mark();
  if (partition.uncleanEpoch !== -1) writer.present(11, partition.uncleanEpoch);
  writer.number(10, partition.minIsr);
  writer.number(9, partition.epoch);
  writer.number(8, partition.leaderEpoch);
  for (const copy of partition.eligible.toReversed()) writer.presentString(7, copy);
  for (const copy of partition.isr.toReversed()) writer.presentString(6, copy);
  writer.string(5, partition.leader ?? '');
  writer.packedUint32(4, partition.adding);
  writer.packedUint32(3, partition.replicas);
  writer.bool(2, partition.initialized);
  writer.number(1, partition.p);
  writer.close(field, mark);
}

function readPartitionState(reader: ProtoReader): PartitionStatus {
  const replicas: number[] = [];
  const adding: number[] = [];
  const isr: CopyName[] = [];
  const eligible: CopyName[] = [];
  let leader: LeaderName | null = null;
  let p = 0;
  let initialized = false;
  let leaderEpoch = 0;
  let epoch = 0;
  let minIsr = 0;
  let uncleanEpoch = -1;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) p = readPartition(reader);
    else if (field === 2) initialized = reader.bool();
    else if (field === 3) reader.packedUint32(replicas);
    else if (field === 4) reader.packedUint32(adding);
    else if (field === 5) leader = readLeaderName(reader);
    else if (field === 6) isr.push(readCopyName(reader));
    else if (field === 7) eligible.push(readCopyName(reader));
    else if (field === 8) leaderEpoch = readInt32(reader, 'leader epoch', -1);
    else if (field === 9) epoch = readInt32(reader, 'partition epoch');
    else if (field === 10) minIsr = readInt32(reader, 'minIsr', 1);
    else if (field === 11) uncleanEpoch = readInt32(reader, 'unclean epoch', -1);
    else reader.skip();
  }
  integerIn(minIsr, 'minIsr', 1, INT32_MAX);
  const brokers = (ids: readonly number[]): BrokerId[] => ids.map(toBrokerId);
  return {
    p,
    initialized,
    replicas: brokers(replicas),
    adding: brokers(adding),
    leader,
    isr,
    eligible,
    leaderEpoch,
    epoch,
    minIsr,
    uncleanEpoch,
  };
}
