/** Which cluster store this broker stands on, and how it is opened. */
import path from 'node:path';
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { millraceError } from '@millrace/core/errors';
import { type ClusterId, toClusterId } from '@millrace/core/ids';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import { KubeClient } from '@millrace/kube/kubeClient';
import { KubeConnection } from '@millrace/kube/kubeConnection';
import type { Clock } from './io/clock.ts';
import type { Logger } from './io/logger.ts';
import type { Random } from './io/random.ts';
import type { ClusterStore } from './store/clusterStore.ts';
import { KubernetesTopics } from './store/kubernetes/kubernetesTopics.ts';
import { KubernetesStore } from './store/kubernetes/kubernetesStore.ts';
import type { TopicDeclarations } from './store/topicDeclarations.ts';
import { openSqliteStore } from './store/sqliteStore.ts';

export interface ClusterStoreSource {
  /** For diagnostics. */
  readonly name: string;
  /** As the operator says; undefined: as the store does. */
  readonly clusterId: ClusterId | undefined;
  /** A broker without data waits for it as long as it takes, instead of giving up. */
  readonly isWaitedFor: boolean;
  /** `new`: by a broker that has no data yet, which may found the cluster. */
  open(by: 'new' | 'member'): Promise<ClusterStore>;
  /** Topics where the operator makes their partitions, on connections of their own; undefined: the controller does. */
  declarations(): TopicDeclarations | undefined;
}

/** A broker that knows its cluster does not wait longer for locks than this. */
const OPEN_BUSY_MS_MAX = 2000;
/** Of a call of the API server; listings have longer. */
const CALL_MS_MAX = 5000;

interface Shared {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** `isFounded`: the cluster of this directory exists, a file that is missing is lost, or elsewhere at the moment. */
export function embeddedSource(
  root: string,
  isFounded: boolean,
  { clock, random }: Shared,
): ClusterStoreSource {
  const file = path.join(root, 'cluster.db');
  const options = { clock, random };
  return {
    name: file,
    clusterId: undefined,
    isWaitedFor: false,
    declarations: () => undefined,
    open: (by) =>
      by === 'new'
        ? openSqliteStore(file, { ...options, create: isFounded ? 'never' : 'if-absent' })
        : openSqliteStore(file, {
            ...options,
            create: 'never',
            openBusyMsMax: OPEN_BUSY_MS_MAX,
          }),
  };
}

/** Throws INVALID_CONFIG if neither configuration nor service account say which cluster it is. */
export function kubernetesSource(
  config: BrokerConfig,
  { clock, logger }: Shared,
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
