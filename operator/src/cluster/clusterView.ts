/** What the objects of a Cluster are built from. */
import type { ClusterId } from '@millrace/core/ids';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';

export interface ClusterView {
  readonly cluster: ClusterResource;
  readonly clusterId: ClusterId;
  /** Pods that there are to be: while brokers are emptied, more than the spec says. */
  readonly replicas: number;
  readonly image: string;
  readonly serviceAccountName: string;
}
