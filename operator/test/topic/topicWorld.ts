import type { BrokerId, BootId, ClusterId, TopicId } from '@millrace/core/ids';
import type { ClusterSpec } from '@millrace/core/resources/custom/clusterResource';
import type {
  TopicResource,
  TopicResourceSpec,
  TopicResourceStatus,
} from '@millrace/core/resources/custom/topicResource';
import {
  assignmentName,
  type AssignmentSpec,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import { brokerLoads, type KnownBroker } from '../../src/world/brokerLoads.ts';
import type { KnownAssignment, KnownCluster, TopicView } from '../../src/topic/topicView.ts';

export const CLUSTER_ID = '5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d66' as ClusterId;
export const TOPIC_ID = '0f8b7d7e-3c1f-4a53-9d0a-6a2f4d1c9b11' as TopicId;

export function broker(id: number, given: Partial<KnownBroker['spec']> = {}): KnownBroker {
  return {
    id: id as BrokerId,
    spec: { cordoned: false, draining: false, ...given },
    status: {
      bootId: 'b0b0b0b0b0b0' as BootId,
      fenced: false,
      rack: `zone-${id % 3}`,
      endpoints: [],
      features: { min: 1, max: 1 },
    },
  };
}

export function topic(
  spec: Partial<TopicResourceSpec> = {},
  status?: TopicResourceStatus,
  name = 'orders',
  created = '2026-01-01T00:00:00Z',
): TopicResource {
  return {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Topic',
    metadata: {
      name,
      namespace: 'n',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: created,
    },
    spec: { clusterRef: { name: 'mill' }, deletionPolicy: 'Delete', ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

export function cluster(spec: Partial<ClusterSpec> = {}): KnownCluster & { clusterId: ClusterId } {
  return {
    name: 'mill',
    clusterId: CLUSTER_ID,
    spec: {
      brokers: {
        replicas: 3,
        storage: { size: '10Gi', accessMode: 'ReadWriteOnce' },
        rackLabel: 'zone',
      },
      clientService: { type: 'ClusterIP' },
      ...spec,
    },
  };
}

export function assignment(
  replicas: readonly (readonly number[])[],
  given: Partial<AssignmentSpec> = {},
  partitions?: readonly PartitionStatus[],
): KnownAssignment {
  const spec: AssignmentSpec = {
    topicId: TOPIC_ID,
    topicName: 'orders',
    clusterId: CLUSTER_ID,
    chunk: 0,
    config: {},
    replicas: replicas as readonly (readonly BrokerId[])[],
    deletionPolicy: 'Delete',
    deleted: false,
    ...given,
  };
  const status =
    partitions === undefined ? undefined : { formatVersion: 1, controllerEpoch: 1, partitions };
  return { name: assignmentName(spec.topicId, spec.chunk), spec, status };
}

export function led(p: number, replicas: readonly number[], given: object = {}): PartitionStatus {
  const copies = replicas.map((id) => `${id}:cccccccccccc` as const);
  return {
    p,
    initialized: true,
    replicas: replicas as readonly BrokerId[],
    adding: [],
    leader: `${replicas[0] ?? 0}:cccccccccccc:b0b0b0b0b0b0`,
    isr: copies,
    eligible: [],
    leaderEpoch: 0,
    epoch: 0,
    minIsr: 1,
    uncleanEpoch: -1,
    ...given,
  };
}

export function view(
  of: TopicResource,
  brokers: readonly KnownBroker[],
  assignments: readonly KnownAssignment[] = [],
  rivals: readonly TopicResource[] = [],
): TopicView {
  return {
    topic: of,
    cluster: cluster(),
    rivals,
    brokers,
    loads: () =>
      brokerLoads(
        brokers,
        assignments.map(({ spec }) => spec),
      ),
  };
}
