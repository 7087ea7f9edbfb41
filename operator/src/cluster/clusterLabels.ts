import { CLUSTER_LABEL } from '@millrace/core/resources/custom/resourceNames';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type { OwnerReference } from '@millrace/kube/kubeObject';
import { apiVersionOf } from '@millrace/kube/resource';
import { CLUSTERS } from '../world/kubeKinds.ts';

/** What selects the pods; it can never be changed. */
export function brokerSelector(cluster: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'millrace',
    'app.kubernetes.io/instance': cluster,
    'app.kubernetes.io/component': 'broker',
  };
}

/** On all that the operator makes: it watches by them. */
export function brokerLabels(cluster: string): Record<string, string> {
  return {
    ...brokerSelector(cluster),
    'app.kubernetes.io/managed-by': 'millrace-operator',
    [CLUSTER_LABEL]: cluster,
  };
}

/** So that it goes with the Cluster. Not on what holds the cluster's memory: assignments, brokers, its state. */
export function ownedBy({ metadata: { name, uid } }: ClusterResource): OwnerReference {
  return { apiVersion: apiVersionOf(CLUSTERS), kind: CLUSTERS.kind, name, uid, controller: true };
}

export function ownedMetadata(cluster: ClusterResource, name: string): OwnedMetadata {
  const { namespace } = cluster.metadata;
  const labels = brokerLabels(cluster.metadata.name);
  return { name, namespace, labels, ownerReferences: [ownedBy(cluster)] };
}

export interface OwnedMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
}
