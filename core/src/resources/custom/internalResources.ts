/** PartitionAssignment, Broker and ClusterState as custom resources (contracts.md, Cluster state objects). */
import { type BootId, type BrokerId, type ClusterId, INT32_MAX, type TopicId } from '../../ids.ts';
import type { BrokerSpec, BrokerStatus, Endpoint, FeatureRange } from '../broker.ts';
import type { ClusterStateSpec, ClusterStateStatus } from '../clusterState.ts';
import {
  type AssignmentSpec,
  type AssignmentStatus,
  type CopyName,
  type LeaderName,
  PARTITIONS_PER_ASSIGNMENT,
  PARTITIONS_PER_TOPIC_MAX,
  type PartitionStatus,
} from '../partitionAssignment.ts';
import { customResource, type CustomObject } from './customResource.ts';
import {
  boolean,
  choice,
  integer,
  list,
  map,
  nullable,
  object,
  type Schema,
  text,
} from './schema.ts';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const REPLICAS_MAX = 100;
/** Ten digits, two times twelve of hex, and what is between. */
const COPY_CHARS_MAX = 40;

const uuid = <T extends string>(description: string) => text<T>(description, { maxLength: 36 });
const level = (description: string) => integer(description, { min: 0, max: INT32_MAX });
const brokerIds = (description: string) =>
  list(description, integer<BrokerId>('Id of a broker.', { min: 0, max: INT32_MAX }), {
    maxItems: REPLICAS_MAX,
  });
const copies = (description: string) =>
  list(description, text<CopyName>('A copy.', { maxLength: COPY_CHARS_MAX }), {
    maxItems: REPLICAS_MAX,
  });

const ASSIGNMENT_SPEC: Schema<AssignmentSpec> = object(
  'What is wanted; written by the operator.',
  {
    topicId: uuid<TopicId>('Identity of the topic.'),
    topicName: text('Name of the topic for clients.', { maxLength: 249 }),
    clusterId: uuid<ClusterId>('Identity of the cluster.'),
    chunk: integer('Number of this object among those of the topic.', {
      min: 0,
      max: PARTITIONS_PER_TOPIC_MAX / PARTITIONS_PER_ASSIGNMENT - 1,
    }),
    config: map('Settings of the topic, all of them.', text('The value.', { maxLength: 256 }), {
      maxProperties: 64,
    }),
    replicas: list(
      'Brokers of each partition, the preferred leader first.',
      brokerIds('Brokers of one partition.'),
      { maxItems: PARTITIONS_PER_ASSIGNMENT },
    ),
    deletionPolicy: choice('What follows when the Topic is gone.', ['Retain', 'Delete']),
    deleted: boolean('true: brokers may delete their data. It does not become false again.'),
  },
  [
    {
      rule: 'self.topicId == oldSelf.topicId && self.topicName == oldSelf.topicName && self.clusterId == oldSelf.clusterId && self.chunk == oldSelf.chunk',
      message: 'topicId, topicName, clusterId and chunk cannot be changed',
    },
    {
      rule: 'self.replicas.size() >= oldSelf.replicas.size()',
      message: 'partitions only grow',
    },
    {
      rule: '!oldSelf.deleted || self.deleted',
      message: 'what was deleted cannot be wanted back: brokers may have removed its data',
    },
  ],
);

const PARTITION: Schema<PartitionStatus> = object('One partition.', {
  p: integer('Number of the partition.', { min: 0, max: PARTITIONS_PER_TOPIC_MAX - 1 }),
  initialized: boolean('It has had a leader.'),
  replicas: brokerIds('Brokers that hold it.'),
  adding: brokerIds('Brokers that copy it, to hold it.'),
  leader: nullable(
    text<LeaderName>('`<broker>:<copy>:<boot>`; null: nobody leads.', {
      maxLength: COPY_CHARS_MAX,
    }),
  ),
  isr: copies('Copies in sync, `<broker>:<copy>`.'),
  eligible: copies('Copies that may be elected although they left the ISR.'),
  leaderEpoch: integer('Rises with each leader.', { min: -1, max: INT32_MAX }),
  epoch: level('Rises with each change of this entry.'),
  minIsr: integer('minInsyncReplicas in force.', { min: 1, max: INT32_MAX }),
  uncleanEpoch: integer('Leader epoch of the last unclean election; -1: none.', {
    min: -1,
    max: INT32_MAX,
  }),
});

const ASSIGNMENT_STATUS: Schema<AssignmentStatus> = object(
  'What is; written by the controller.',
  {
    formatVersion: level('Version of what is written here.'),
    controllerEpoch: integer('Of the controller that wrote it.', { min: 0, max: SAFE_MAX }),
    partitions: list('The partitions, by number.', PARTITION, {
      maxItems: PARTITIONS_PER_ASSIGNMENT,
    }),
  },
  // A belt: the compare-and-set of brokers is what keeps epochs from falling (safety.md, rule 18).
  [
    {
      rule: 'self.partitions.size() >= oldSelf.partitions.size()',
      message: 'partitions only grow',
    },
    {
      rule: 'self.controllerEpoch >= oldSelf.controllerEpoch',
      message: 'controllerEpoch never falls: another controller has taken over',
    },
    {
      rule: `oldSelf.partitions.all(old, old.p % ${PARTITIONS_PER_ASSIGNMENT} < self.partitions.size() && self.partitions[old.p % ${PARTITIONS_PER_ASSIGNMENT}].epoch >= old.epoch && self.partitions[old.p % ${PARTITIONS_PER_ASSIGNMENT}].leaderEpoch >= old.leaderEpoch)`,
      message: 'epoch and leaderEpoch of a partition never fall',
    },
  ],
);

export const ASSIGNMENT_RESOURCE = customResource({
  kind: 'PartitionAssignment',
  plural: 'partitionassignments',
  shortNames: ['mrpa'],
  category: 'millrace-internal',
  description:
    'Who holds, leads and is in sync, for up to 200 partitions of a topic. Not to be edited or deleted: it is the only record of who holds what was acknowledged.',
  spec: ASSIGNMENT_SPEC,
  status: ASSIGNMENT_STATUS,
  columns: [
    { name: 'Topic', jsonPath: '.spec.topicName', type: 'string' },
    { name: 'Chunk', jsonPath: '.spec.chunk', type: 'integer' },
    { name: 'Deleted', jsonPath: '.spec.deleted', type: 'boolean' },
    { name: 'Controller epoch', jsonPath: '.status.controllerEpoch', type: 'integer', priority: 1 },
  ],
});

const ENDPOINT: Schema<Endpoint> = object('Where a listener is reached.', {
  listener: text('client, peer, data or peer-data.', { maxLength: 63 }),
  protocol: text('grpc.', { maxLength: 63 }),
  host: text('Name or address.', { maxLength: 253 }),
  port: integer('Its port.', { min: 0, max: 65_535 }),
  tls: boolean('Whether TLS is spoken.'),
});

const FEATURES: Schema<FeatureRange> = object('Feature levels that it can run at.', {
  min: level('The lowest.'),
  max: level('The highest.'),
});

const BROKER_SPEC: Schema<BrokerSpec> = object('What is wanted; written by the operator.', {
  cordoned: boolean('New partitions are placed elsewhere.'),
  draining: boolean('Its partitions are being moved away.'),
});

const BROKER_STATUS: Schema<BrokerStatus> = object('What is; written by the controller.', {
  bootId: text<BootId>('The process that serves.', { maxLength: 12 }),
  fenced: boolean('It is away: others lead.'),
  rack: text('Where it stands; empty: not known.', { maxLength: 253 }),
  endpoints: list('Where it is reached.', ENDPOINT, { maxItems: 16 }),
  features: FEATURES,
});

export const BROKER_RESOURCE = customResource({
  kind: 'Broker',
  plural: 'brokers',
  shortNames: ['mrb'],
  category: 'millrace-internal',
  description: 'A member of a cluster.',
  spec: BROKER_SPEC,
  status: BROKER_STATUS,
  columns: [
    { name: 'Fenced', jsonPath: '.status.fenced', type: 'boolean' },
    { name: 'Cordoned', jsonPath: '.spec.cordoned', type: 'boolean' },
    { name: 'Draining', jsonPath: '.spec.draining', type: 'boolean' },
    { name: 'Rack', jsonPath: '.status.rack', type: 'string' },
  ],
});

const STATE_SPEC: Schema<ClusterStateSpec> = object(
  'What is wanted; written by the operator.',
  {
    clusterId: uuid<ClusterId>('Identity of the cluster.'),
    featureLevel: level('What brokers may write; it never falls.'),
  },
  [
    { rule: 'self.clusterId == oldSelf.clusterId', message: 'clusterId cannot be changed' },
    { rule: 'self.featureLevel >= oldSelf.featureLevel', message: 'featureLevel never falls' },
  ],
);

const STATE_STATUS: Schema<ClusterStateStatus> = object(
  'What is; written by the controller.',
  {
    featureLevel: level('What brokers write.'),
    producerIdNext: integer('The first producer id that was never given out.', {
      min: 0,
      max: SAFE_MAX,
    }),
  },
  [
    {
      rule: 'self.featureLevel >= oldSelf.featureLevel && self.producerIdNext >= oldSelf.producerIdNext',
      message: 'featureLevel and producerIdNext never fall',
    },
  ],
);

export const CLUSTER_STATE_RESOURCE = customResource({
  kind: 'ClusterState',
  plural: 'clusterstates',
  shortNames: ['mrcs'],
  category: 'millrace-internal',
  description: 'What all brokers of a cluster share.',
  spec: STATE_SPEC,
  status: STATE_STATUS,
  columns: [
    { name: 'Cluster id', jsonPath: '.spec.clusterId', type: 'string' },
    { name: 'Feature level', jsonPath: '.status.featureLevel', type: 'integer' },
  ],
});

export type AssignmentResource = CustomObject<AssignmentSpec, AssignmentStatus>;
export type BrokerResource = CustomObject<BrokerSpec, BrokerStatus>;
export type ClusterStateResource = CustomObject<ClusterStateSpec, ClusterStateStatus>;
