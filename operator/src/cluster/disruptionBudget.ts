/** One broker at a time may be evicted; one that does not serve anyway may always be. Pure. */
import { brokersName } from '@millrace/core/resources/custom/resourceNames';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { brokerSelector, ownedMetadata } from './clusterLabels.ts';
import type { ClusterView } from './clusterView.ts';

export function disruptionBudget({ cluster }: ClusterView): KubeObject {
  const { name } = cluster.metadata;
  const object = {
    metadata: ownedMetadata(cluster, brokersName(name)),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: brokerSelector(name) },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
  return object;
}
