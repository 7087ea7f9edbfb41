/** What the operator does for a Topic, for tests without an operator: its assignments, made once. */
import { randomUUID } from 'node:crypto';
import { type ClusterId, toBrokerId, toTopicId, type TopicId } from '@millrace/core/ids';
import { place } from '@millrace/core/place';
import { API_GROUP, API_VERSION } from '@millrace/core/resources/custom/customResource';
import {
  CLUSTER_LABEL,
  clusterStateName,
  TOPIC_LABEL,
  topicLabel,
} from '@millrace/core/resources/custom/resourceNames';
import { type AssignmentSpec, assignmentName } from '@millrace/core/resources/partitionAssignment';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { UntypedObject } from '@millrace/kube/kubeObject';
import { resource } from '@millrace/kube/resource';

export const ASSIGNMENTS = ours('partitionassignments', 'PartitionAssignment');
export const BROKERS = ours('brokers', 'Broker');
export const CLUSTER_STATES = ours('clusterstates', 'ClusterState');
export const TOPICS = ours('topics', 'Topic');

export interface DeclaredTopicOptions {
  readonly namespace: string;
  readonly cluster: string;
  readonly topicName: string;
  /** At most 200: one assignment. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly brokerIds: readonly number[];
}

export async function declareTopic(
  client: KubeClient,
  options: DeclaredTopicOptions,
): Promise<{ readonly topicId: TopicId; readonly assignment: string }> {
  const { namespace, cluster, topicName, partitions, replicationFactor } = options;
  const topicId = toTopicId(randomUUID());
  const brokers = options.brokerIds.map((id) => ({
    id: toBrokerId(id),
    rack: '',
    cordoned: false,
    replicas: 0,
    leaders: 0,
  }));
  const spec: AssignmentSpec = {
    topicId,
    topicName,
    clusterId: await clusterIdOf(client, namespace, cluster),
    chunk: 0,
    config: topicConfigValues({}, { replicationFactor }),
    replicas: place(brokers, partitions, replicationFactor, topicId),
    deletionPolicy: 'Delete',
    deleted: false,
  };
  const name = assignmentName(topicId, 0);
  const labels = { [CLUSTER_LABEL]: cluster, [TOPIC_LABEL]: topicLabel(topicName) };
  const object: UntypedObject = { metadata: { name, labels }, spec };
  await client.create(ASSIGNMENTS, namespace, object);
  return { topicId, assignment: name };
}

async function clusterIdOf(
  client: KubeClient,
  namespace: string,
  cluster: string,
): Promise<ClusterId> {
  const name = clusterStateName(cluster);
  const state = await client.get<UntypedObject>(CLUSTER_STATES, namespace, name);
  if (state === undefined) throw new Error(`cluster ${cluster} has no ClusterState yet`);
  return (state.spec as { clusterId: ClusterId }).clusterId;
}

function ours(plural: string, kind: string): ReturnType<typeof resource> {
  return resource(API_GROUP, API_VERSION, plural, kind);
}
