import {
  type BrokerId,
  toBootId,
  toBrokerId,
  toCopyId,
  toOffset,
  toTopicId,
} from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { CopyReport } from '../../src/cluster/sessionMessages.ts';
import type { PartitionView, ReplicaView } from '../../src/controller/partitionView.ts';

export const TOPIC = toTopicId('0f8b7d7e-3c1f-4a53-9d0a-6a2f4d1c9b11');

export function ids(...numbers: number[]): BrokerId[] {
  return numbers.map(toBrokerId);
}

export function bootOfBroker(broker: number, boot = 1) {
  return toBootId(`b${broker}`.padEnd(11, '0') + boot);
}

export function copyIdOf(broker: number, copy = 1) {
  return toCopyId(`c${broker}`.padEnd(11, '0') + copy);
}

/** The name of the copy of a broker; another number: one that it had before, or will have. */
export function copy(broker: number, number = 1): CopyName {
  return `${broker}:${copyIdOf(broker, number)}`;
}

export function leader(broker: number, boot = 1, number = 1): `${number}:${string}:${string}` {
  return `${copy(broker, number)}:${bootOfBroker(broker, boot)}`;
}

export function report(broker: number, over: Partial<CopyReport> = {}): CopyReport {
  return {
    topicId: TOPIC,
    partition: 0,
    copyId: copyIdOf(broker),
    lastEpoch: 3,
    adoptedEpoch: -1,
    seenLeaderEpoch: 3,
    seenEpoch: 5,
    durableEnd: toOffset(10),
    wasIsr: true,
    minIsr: 2,
    ...over,
  };
}

export function emptyReport(broker: number): CopyReport {
  const none = { lastEpoch: -1, seenLeaderEpoch: -1, seenEpoch: -1, minIsr: null };
  return report(broker, { ...none, durableEnd: toOffset(0), wasIsr: false });
}

export function live(broker: number, over: Partial<ReplicaView> = {}): ReplicaView {
  return {
    brokerId: toBrokerId(broker),
    state: 'live',
    bootId: bootOfBroker(broker),
    copy: report(broker),
    avoided: false,
    leaving: false,
    ...over,
  };
}

export function away(broker: number, state: 'silent' | 'dead'): ReplicaView {
  return live(broker, { state, bootId: undefined, copy: undefined });
}

/** Led by broker 1 on 1, 2, 3, all in sync, m = 2, at leader epoch 3 and partition epoch 5. */
export function status(over: Partial<PartitionStatus> = {}): PartitionStatus {
  return {
    p: 0,
    initialized: true,
    replicas: ids(1, 2, 3),
    adding: [],
    leader: leader(1),
    isr: [copy(1), copy(2), copy(3)],
    eligible: [],
    leaderEpoch: 3,
    epoch: 5,
    minIsr: 2,
    uncleanEpoch: -1,
    ...over,
  };
}

/** `committed` null: never written, or lost. */
export function view(
  replicas: readonly ReplicaView[],
  committed: PartitionStatus | null = status(),
  over: Partial<PartitionView> = {},
): PartitionView {
  return {
    p: 0,
    status: committed ?? undefined,
    seenLeaderEpoch: committed?.leaderEpoch ?? -1,
    seenEpoch: committed?.epoch ?? -1,
    wanted: committed?.replicas ?? replicas.map(({ brokerId }) => brokerId),
    minIsr: committed?.minIsr ?? 2,
    durability: 'fsync',
    replicas,
    answers: [],
    asked: new Set(),
    answersDue: false,
    waitedForAll: false,
    mayAdd: () => true,
    ...over,
  };
}
