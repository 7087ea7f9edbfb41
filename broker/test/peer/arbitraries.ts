/** Whatever brokers may say to each other, as fast-check makes it up. */
import {
  type BootId,
  type BrokerId,
  type ClusterId,
  type CopyId,
  INT32_MAX,
  type Offset,
  type TopicId,
} from '@millrace/core/ids';
import type { CopyName, LeaderName } from '@millrace/core/resources/partitionAssignment';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Endpoint } from '@millrace/core/resources/broker';
import fc from 'fast-check';
import { error, few, row, text } from '../../../core/test/messages/arbitraries.ts';
import type { BrokerMetadata, TopicMetadata } from '../../src/cluster/metadata.ts';
import type {
  AlterPartitionsRequest,
  AlterPartitionsResponse,
  CopyReport,
  SessionDown,
  SessionUp,
} from '../../src/cluster/sessionMessages.ts';

const hexes = (digits: number) =>
  fc
    .array(fc.constantFrom(...[...Array(16).keys()].map((digit) => digit.toString(16))), {
      minLength: digits,
      maxLength: digits,
    })
    .map((list) => list.join(''));
const uuid = fc.uuid({ version: 4 });
export const epoch = fc.oneof(fc.nat(), fc.constantFrom(0, 1, INT32_MAX));
const maybeEpoch = fc.oneof(epoch, fc.constant(-1));
const int64 = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 53 - 1));
const brokerId = epoch as fc.Arbitrary<BrokerId>;
const partition = fc.integer({ min: 0, max: 9999 });
export const topicId = uuid as fc.Arbitrary<TopicId>;
const clusterId = uuid as fc.Arbitrary<ClusterId>;
const copyId = hexes(12) as fc.Arbitrary<CopyId>;
const bootId = hexes(12) as fc.Arbitrary<BootId>;
const offset = int64 as fc.Arbitrary<Offset>;
const copyName = fc.tuple(brokerId, copyId).map(([id, copy]): CopyName => `${id}:${copy}`);
const leaderName = fc
  .tuple(brokerId, copyId, bootId)
  .map(([id, copy, boot]): LeaderName => `${id}:${copy}:${boot}`);
const topicName = fc
  .array(fc.constantFrom('a', 'z', 'A', 'Z', '0', '9', '-', '_', '.'), {
    minLength: 3,
    maxLength: 30,
  })
  .map((list) => list.join(''));
const config = fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true });

const endpoint: fc.Arbitrary<Endpoint> = row({
  listener: text,
  protocol: text,
  host: text,
  port: fc.integer({ min: 0, max: 65_535 }),
  tls: fc.boolean(),
});

const features = fc
  .tuple(fc.nat(100), fc.nat(100))
  .map(([min, more]) => ({ min, max: min + more }));

export const copyReport: fc.Arbitrary<CopyReport> = row({
  topicId,
  partition,
  copyId,
  lastEpoch: maybeEpoch,
  adoptedEpoch: maybeEpoch,
  seenLeaderEpoch: maybeEpoch,
  seenEpoch: maybeEpoch,
  durableEnd: offset,
  wasIsr: fc.boolean(),
  minIsr: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(null)),
});

export const sessionUp: fc.Arbitrary<SessionUp> = fc.oneof(
  row({
    kind: fc.constant('register' as const),
    brokerId,
    bootId,
    clusterId,
    endpoints: few(endpoint),
    rack: text,
    features,
    controllerEpoch: int64,
    copies: few(copyReport),
    complete: fc.boolean(),
  }),
  row({
    kind: fc.constant('copies' as const),
    copies: few(copyReport),
    complete: fc.boolean(),
  }),
  row({
    kind: fc.constant('heartbeat' as const),
    bootId,
    metadataSeq: int64,
    loopLagP99Ms: fc.nat(1_000_000).map((us) => us / 1000),
    diskState: fc.constantFrom('ok' as const, 'full' as const, 'failed' as const),
  }),
  row({ kind: fc.constant('copyFailed' as const), topicId, partition, error }),
  row({
    kind: fc.constant('resigned' as const),
    topicId,
    partition,
    leaderEpoch: epoch,
    isDamaged: fc.boolean(),
  }),
  fc.constant({ kind: 'stopping' as const }),
  row({ kind: fc.constant('deleted' as const), topicId }),
);

const broker: fc.Arbitrary<BrokerMetadata> = row({
  brokerId,
  bootId,
  fenced: fc.boolean(),
  cordoned: fc.boolean(),
  draining: fc.boolean(),
  rack: text,
  endpoints: few(endpoint),
  features,
});

const partitionState: fc.Arbitrary<PartitionStatus> = row({
  p: partition,
  initialized: fc.boolean(),
  replicas: few(brokerId),
  adding: few(brokerId),
  leader: fc.option(leaderName, { nil: null }),
  isr: few(copyName),
  eligible: few(copyName),
  leaderEpoch: maybeEpoch,
  epoch,
  minIsr: fc.integer({ min: 1, max: 9 }),
  uncleanEpoch: maybeEpoch,
});

const topic: fc.Arbitrary<TopicMetadata> = row({
  topicId,
  name: topicName,
  replicationFactor: epoch,
  config,
  configSet: few(text),
  deleted: fc.boolean(),
  partitions: few(partitionState),
});

/** Of an image: its partitions are numbered without holes. */
const wholeTopic = topic.map((each) => ({
  ...each,
  partitions: each.partitions.map((state, p) => ({ ...state, p })),
}));

export const sessionDown: fc.Arbitrary<SessionDown> = fc.oneof(
  row({
    kind: fc.constant('image' as const),
    image: row({
      controllerEpoch: int64,
      seq: int64,
      featureLevel: epoch,
      controllerId: brokerId,
      brokers: few(broker),
      topics: few(wholeTopic),
    }),
  }),
  row({
    kind: fc.constant('delta' as const),
    delta: row({
      controllerEpoch: int64,
      seq: int64,
      featureLevel: epoch,
      brokers: few(broker),
      topics: few(topic),
      topicsGone: few(topicId),
    }),
  }),
  row({
    kind: fc.constant('createCopies' as const),
    controllerEpoch: int64,
    copies: few(row({ topicId, topicName, partition, config })),
  }),
  row({
    kind: fc.constant('reportCopies' as const),
    controllerEpoch: int64,
    copies: few(row({ topicId, partition, epoch })),
  }),
  row({
    kind: fc.constant('fenced' as const),
    reason: fc.constantFrom('newer-boot' as const, 'not-controller' as const, 'refused' as const),
    error,
  }),
);

export const alterPartitions: fc.Arbitrary<AlterPartitionsRequest> = row({
  brokerId,
  bootId,
  changes: few(row({ topicId, partition, leaderEpoch: epoch, epoch, isr: few(copyName) })),
});

export const proposalAnswers: fc.Arbitrary<AlterPartitionsResponse> = row({
  answers: few(
    fc.oneof(
      row({ code: fc.constant('OK' as const), epoch }),
      row({
        code: fc.constantFrom(
          'FENCED' as const,
          'STALE' as const,
          'INELIGIBLE' as const,
          'UNKNOWN' as const,
        ),
      }),
    ),
  ),
});
