/** The cluster store on Kubernetes. Loaded where it is used: the library of its API is large. */
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { millraceError } from '@millrace/core/errors';
import { toClusterId } from '@millrace/core/ids';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';
import type { ClusterStoreSource, SourceParts } from './clusterStoreSource.ts';
import { KubernetesStore } from './store/kubernetes/kubernetesStore.ts';
import { KubernetesTopics } from './store/kubernetes/kubernetesTopics.ts';

/** Of a call of the API server; listings have longer. */
const CALL_MS_MAX = 5000;

/** Throws INVALID_CONFIG if neither configuration nor service account say which cluster it is. */
export function kubernetesSource(
  config: BrokerConfig,
  { clock, logger }: SourceParts,
): ClusterStoreSource {
  const { clusterName: cluster, leaseDurationMs, clusterId } = config;
  const namespace = config.namespace || ClusterAccess.default().namespace;
  if (cluster === '' || namespace === undefined) {
    throw millraceError(
      'INVALID_CONFIG',
      'store is kubernetes: clusterName must say of which Cluster this broker is, and namespace where that is',
    );
  }
  return {
    name: `${namespace}/${cluster}`,
    clusterId: clusterId === '' ? undefined : toClusterId(clusterId),
    isWaitedFor: true,
    declarations: () => new KubernetesTopics({ client: newClient(), namespace, cluster }),
    open: async () => {
      const client = newClient();
      return new KubernetesStore({ client, namespace, cluster, leaseDurationMs, clock, logger });
    },
  };
}

/** Each on its own connections: what is closed ends its calls. */
function newClient(): KubeClient {
  return new KubeClient(new KubeConnection(ClusterAccess.default(), { deadlineMs: CALL_MS_MAX }));
}
