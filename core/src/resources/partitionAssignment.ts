/**
 * PartitionAssignment: who holds, leads and is in sync, for up to 200 partitions of one topic (contracts.md, Cluster
 * state objects). `spec` has one writer (the operator; embedded: the controller), `status` another (the controller).
 */
import { millraceError } from '../errors.ts';
import {
  type BrokerId,
  type ClusterId,
  type CopyId,
  INT32_MAX,
  toBootId,
  toBrokerId,
  toClusterId,
  toCopyId,
  toTopicId,
  type TopicId,
} from '../ids.ts';
import {
  arrayAt,
  booleanAt,
  corrupt,
  integerAt,
  objectAt,
  storedAt,
  stringMapAt,
} from './storedFields.ts';
import { checkTopicName } from '../topicName.ts';

/** More would rewrite too much at each ISR change; 3,000 partitions exceed the 1 MB of a Kubernetes object. */
export const PARTITIONS_PER_ASSIGNMENT = 200;
export const PARTITIONS_PER_TOPIC_MAX = 10_000;
export const ASSIGNMENT_FORMAT_VERSION = 1;

export interface AssignmentSpec {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly clusterId: ClusterId;
  /** Number of the chunk: it holds partitions from `chunk * PARTITIONS_PER_ASSIGNMENT` on. */
  readonly chunk: number;
  /** Resolved: every key present, so that brokers read no Topic. Values as written in files. */
  readonly config: Readonly<Record<string, string>>;
  /** Index = partition modulo PARTITIONS_PER_ASSIGNMENT; the first of each is the preferred leader. */
  readonly replicas: readonly (readonly BrokerId[])[];
  readonly deletionPolicy: 'Retain' | 'Delete';
  /** The tombstone: replicas may delete their data (safety.md, rule 25). */
  readonly deleted: boolean;
}

/** `<brokerId>:<copyId>`: a member of an ISR is a copy, not a broker (rule 6). */
export type CopyName = `${number}:${string}`;
/** `<brokerId>:<copyId>:<bootId>`: a restart never resumes a leader epoch (rule 6). */
export type LeaderName = `${number}:${string}:${string}`;

export function copyName(brokerId: BrokerId, copyId: CopyId): CopyName {
  return `${brokerId}:${copyId}`;
}

/** Of a copy or a leader. */
export function brokerOf(name: CopyName | LeaderName): BrokerId {
  return Number(name.slice(0, name.indexOf(':'))) as BrokerId;
}

export interface PartitionStatus {
  readonly p: number;
  readonly initialized: boolean;
  readonly replicas: readonly BrokerId[];
  readonly adding: readonly BrokerId[];
  readonly leader: LeaderName | null;
  readonly isr: readonly CopyName[];
  readonly eligible: readonly CopyName[];
  readonly leaderEpoch: number;
  /** The partition epoch: rises with every change of this entry. */
  readonly epoch: number;
  /** The effective minInsyncReplicas (rule 21). */
  readonly minIsr: number;
  readonly uncleanEpoch: number;
}

export interface AssignmentStatus {
  readonly formatVersion: number;
  readonly controllerEpoch: number;
  /** Index = partition modulo PARTITIONS_PER_ASSIGNMENT; only grows. */
  readonly partitions: readonly PartitionStatus[];
}

export function assignmentName(topicId: TopicId, chunk: number): string {
  return `${topicId}-${chunk}`;
}

/** Throws CORRUPT_STATE. */
export function parseAssignmentSpec(value: unknown): AssignmentSpec {
  const spec = objectAt(value, 'spec');
  storedAt(spec.topicId, 'spec.topicId', toTopicId);
  storedAt(spec.topicName, 'spec.topicName', checkTopicName);
  storedAt(spec.clusterId, 'spec.clusterId', toClusterId);
  integerAt(spec.chunk, 'spec.chunk', PARTITIONS_PER_TOPIC_MAX / PARTITIONS_PER_ASSIGNMENT - 1);
  stringMapAt(spec.config, 'spec.config');
  for (const [index, brokers] of chunkAt(spec.replicas, 'spec.replicas').entries()) {
    brokersAt(brokers, `spec.replicas[${index}]`);
  }
  if (spec.deletionPolicy !== 'Retain' && spec.deletionPolicy !== 'Delete') {
    throw corrupt(spec.deletionPolicy, 'spec.deletionPolicy', 'Retain or Delete');
  }
  booleanAt(spec.deleted, 'spec.deleted');
  return value as AssignmentSpec;
}

/** Throws CORRUPT_STATE; UNSUPPORTED_VERSION if a newer program wrote it. */
export function parseAssignmentStatus(value: unknown): AssignmentStatus {
  const status = objectAt(value, 'status');
  const formatVersion = integerAt(status.formatVersion, 'status.formatVersion');
  if (formatVersion > ASSIGNMENT_FORMAT_VERSION) {
    throw millraceError(
      'UNSUPPORTED_VERSION',
      `status.formatVersion is ${formatVersion}; this program knows ${ASSIGNMENT_FORMAT_VERSION}`,
    );
  }
  integerAt(status.controllerEpoch, 'status.controllerEpoch', Number.MAX_SAFE_INTEGER);
  for (const [index, entry] of chunkAt(status.partitions, 'status.partitions').entries()) {
    checkPartition(entry, `status.partitions[${index}]`, index);
  }
  return value as AssignmentStatus;
}

function checkPartition(value: unknown, path: string, index: number): void {
  const partition = objectAt(value, path);
  const p = integerAt(partition.p, `${path}.p`, PARTITIONS_PER_TOPIC_MAX - 1);
  if (p % PARTITIONS_PER_ASSIGNMENT !== index) {
    throw corrupt(p, `${path}.p`, `${index} modulo ${PARTITIONS_PER_ASSIGNMENT}`);
  }
  booleanAt(partition.initialized, `${path}.initialized`);
  brokersAt(partition.replicas, `${path}.replicas`);
  brokersAt(partition.adding, `${path}.adding`);
  if (partition.leader !== null) storedAt(partition.leader, `${path}.leader`, checkLeaderName);
  copiesAt(partition.isr, `${path}.isr`);
  copiesAt(partition.eligible, `${path}.eligible`);
  integerAt(partition.leaderEpoch, `${path}.leaderEpoch`, INT32_MAX, -1);
  integerAt(partition.epoch, `${path}.epoch`);
  integerAt(partition.minIsr, `${path}.minIsr`, INT32_MAX, 1);
  integerAt(partition.uncleanEpoch, `${path}.uncleanEpoch`, INT32_MAX, -1);
}

function chunkAt(value: unknown, path: string): readonly unknown[] {
  const list = arrayAt(value, path);
  if (list.length > PARTITIONS_PER_ASSIGNMENT) {
    throw corrupt(list.length, `${path}.length`, `at most ${PARTITIONS_PER_ASSIGNMENT}`);
  }
  return list;
}

function brokersAt(value: unknown, path: string): void {
  const brokers = arrayAt(value, path);
  for (const [index, id] of brokers.entries()) integerAt(id, `${path}[${index}]`);
  if (new Set(brokers).size !== brokers.length) {
    throw corrupt(brokers, path, 'without a broker that comes twice');
  }
}

function copiesAt(value: unknown, path: string): void {
  const copies = arrayAt(value, path);
  for (const [index, copy] of copies.entries()) {
    storedAt(copy, `${path}[${index}]`, checkCopyName);
  }
  if (new Set(copies).size !== copies.length) {
    throw corrupt(copies, path, 'without a copy that comes twice');
  }
}

function checkCopyName(text: string): void {
  const [broker = '', copy = '', ...rest] = text.split(':');
  checkBrokerDigits(broker);
  toCopyId([copy, ...rest].join(':'));
}

function checkLeaderName(text: string): void {
  const [broker = '', copy = '', ...boot] = text.split(':');
  checkBrokerDigits(broker);
  toCopyId(copy);
  toBootId(boot.join(':'));
}

function checkBrokerDigits(text: string): void {
  toBrokerId(/^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN);
}
