import type { BrokerId, CopyId } from '@millrace/core/ids';
import { toBootId, toClusterId, toTopicId } from '@millrace/core/ids';
import type {
  AssignmentSpec,
  AssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { BrokerSpec, BrokerStatus } from '@millrace/core/resources/broker';
import type { TopicSpec } from '@millrace/core/resources/topic';
import { MillraceError } from '@millrace/core/errors';
import type { ClusterStore } from '../../src/store/clusterStore.ts';

export const TOPIC_ID = toTopicId('0f8b7d7e-3c1f-4a53-9d0a-6a2f4d1c9b11');
export const CLUSTER_ID = toClusterId('5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d66');
const COPY = 'aaaaaaaaaaaa' as CopyId;

export function topicSpec(topicName: string, partitions = 1): TopicSpec {
  return { topicName, partitions, replicationFactor: 1, config: { retentionMs: '1000' } };
}

export function assignmentSpec(replicas: readonly (readonly number[])[]): AssignmentSpec {
  return {
    topicId: TOPIC_ID,
    topicName: 'flights',
    clusterId: CLUSTER_ID,
    chunk: 0,
    config: { retentionMs: '1000' },
    replicas: replicas as readonly (readonly BrokerId[])[],
    deletionPolicy: 'Delete',
    deleted: false,
  };
}

export function assignmentStatus(partitions: number, controllerEpoch = 1): AssignmentStatus {
  return {
    formatVersion: 1,
    controllerEpoch,
    partitions: Array.from({ length: partitions }, (_, p) => ({
      p,
      initialized: true,
      replicas: [0 as BrokerId],
      adding: [],
      leader: `0:${COPY}:bbbbbbbbbbbb` as const,
      isr: [`0:${COPY}` as const],
      eligible: [],
      leaderEpoch: 3,
      epoch: 4,
      minIsr: 1,
      uncleanEpoch: -1,
    })),
  };
}

export const BROKER_SPEC: BrokerSpec = { cordoned: false, draining: false };
export const BROKER_STATUS: BrokerStatus = {
  bootId: toBootId('bbbbbbbbbbbb'),
  fenced: false,
  rack: '',
  endpoints: [{ listener: 'client', protocol: 'grpc', host: '127.0.0.1', port: 7071, tls: false }],
  features: { min: 1, max: 1 },
};

/** For assert.rejects: a MillraceError of this code, and outcome if given. */
export function withCode(code: string, outcome?: string) {
  return (error: unknown): boolean =>
    error instanceof MillraceError &&
    error.code === code &&
    (outcome === undefined || error.outcome === outcome);
}

export const COUNTER = 'cluster';

/** Takes the next number of a counter that many share, as producer id blocks are taken (safety.md, rule 15). */
export async function takeNumber(store: ClusterStore): Promise<number> {
  for (;;) {
    const object = await store.get('ClusterState', COUNTER);
    if (object?.status === undefined) throw new Error('no counter');
    const { producerIdNext } = object.status;
    const status = { ...object.status, producerIdNext: producerIdNext + 1 };
    const { version: expectedVersion } = object;
    try {
      await store.update([{ kind: 'ClusterState', name: COUNTER, expectedVersion, status }]);
      return producerIdNext;
    } catch (error) {
      if (!withCode('CONFLICT')(error)) throw error;
    }
  }
}

export async function createCounter(store: ClusterStore): Promise<void> {
  const spec = { clusterId: CLUSTER_ID, featureLevel: 1 };
  const status = { featureLevel: 1, producerIdNext: 0 };
  await store.create([{ kind: 'ClusterState', name: COUNTER, spec, status }]);
}
