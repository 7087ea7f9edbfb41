/**
 * How the kinds of the store are named and shaped as custom resources. Several clusters live in one namespace: names
 * carry that of the cluster, and everything its label (core/resources/custom/resourceNames.ts).
 */
import { toBrokerId } from '@millrace/core/ids';
import { CLUSTER_STATE_NAME } from '@millrace/core/resources/clusterState';
import { API_GROUP, API_VERSION } from '@millrace/core/resources/custom/customResource';
import {
  brokerObjectName,
  CLUSTER_LABEL,
  clusterStateName,
  TOPIC_LABEL,
  topicLabel,
} from '@millrace/core/resources/custom/resourceNames';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import type { TopicSpec } from '@millrace/core/resources/topic';
import { type Resource, resource } from '@millrace/kube/resource';
import type { Kind, StoredKinds } from '../clusterStore.ts';

const RESOURCES: Readonly<Record<Kind, Resource>> = {
  PartitionAssignment: ours('partitionassignments', 'PartitionAssignment'),
  Broker: ours('brokers', 'Broker'),
  ClusterState: ours('clusterstates', 'ClusterState'),
  Topic: ours('topics', 'Topic'),
};

export const TOPICS = RESOURCES.Topic;
export const ASSIGNMENTS = RESOURCES.PartitionAssignment;

export function resourceOf(kind: Kind): Resource {
  return RESOURCES[kind];
}

/** Of the object in its namespace. */
export function objectName(cluster: string, kind: Kind, name: string): string {
  if (kind === 'PartitionAssignment' || kind === 'Topic') return name;
  if (kind === 'ClusterState' && name === CLUSTER_STATE_NAME) return clusterStateName(cluster);
  if (kind === 'Broker' && /^\d+$/.test(name)) {
    return brokerObjectName(cluster, toBrokerId(Number(name)));
  }
  return `${cluster}-${name}`;
}

export function storedName(cluster: string, kind: Kind, objectsName: string): string {
  if (kind === 'PartitionAssignment' || kind === 'Topic') return objectsName;
  if (kind === 'ClusterState' && objectsName === clusterStateName(cluster)) {
    return CLUSTER_STATE_NAME;
  }
  return objectsName.slice(cluster.length + 1);
}

export function labelsOf<K extends Kind>(
  cluster: string,
  kind: K,
  spec: StoredKinds[K]['spec'],
): Record<string, string> {
  const labels = { [CLUSTER_LABEL]: cluster };
  if (kind !== 'PartitionAssignment') return labels;
  return { ...labels, [TOPIC_LABEL]: topicLabel((spec as AssignmentSpec).topicName) };
}

export function clusterSelector(cluster: string): string {
  return `${CLUSTER_LABEL}=${cluster}`;
}

/** A Topic says which Cluster it is of; the others have one shape everywhere. */
export function resourceSpec<K extends Kind>(
  cluster: string,
  kind: K,
  spec: StoredKinds[K]['spec'],
): unknown {
  if (kind !== 'Topic') return spec;
  return { ...(spec as TopicSpec), clusterRef: { name: cluster } };
}

export function storedSpec(kind: Kind, spec: unknown): unknown {
  if (kind !== 'Topic' || typeof spec !== 'object' || spec === null) return spec;
  const {
    clusterRef: _cluster,
    deletionPolicy: _policy,
    ...rest
  } = spec as Record<string, unknown>;
  return rest;
}

function ours(plural: string, kind: string): Resource {
  return resource(API_GROUP, API_VERSION, plural, kind);
}
