/** How a broker learns which cluster it is of: from the store, or, while that is out of reach, from its own directory. */
import { MillraceError, millraceError } from '@millrace/core/errors';
import { type ClusterId, newClusterId } from '@millrace/core/ids';
import { CLUSTER_STATE_NAME, FEATURE_LEVEL } from '@millrace/core/resources/clusterState';
import type { Random } from '../io/random.ts';
import type { ClusterStore } from '../store/clusterStore.ts';

/**
 * The id of the cluster of this store: the one it has, else that of the data directory, else a new one.
 * `producerIdNext`: where the store has lost its cluster, past all that were handed out before (safety.md, rule 15).
 */
export async function joinCluster(
  store: ClusterStore,
  ofDirectory: ClusterId | undefined,
  random: Random,
  producerIdNext = 0,
): Promise<ClusterId> {
  const found = await store.get('ClusterState', CLUSTER_STATE_NAME);
  if (found !== undefined) return found.spec.clusterId;
  const clusterId = ofDirectory ?? newClusterId(random.bytes(16));
  try {
    await store.create([
      {
        kind: 'ClusterState',
        name: CLUSTER_STATE_NAME,
        spec: { clusterId, featureLevel: FEATURE_LEVEL },
        status: { featureLevel: FEATURE_LEVEL, producerIdNext },
      },
    ]);
  } catch (error) {
    // Brokers of a new cluster start together: one of them names it.
    const first = await store.get('ClusterState', CLUSTER_STATE_NAME);
    if (first === undefined) throw error;
    return first.spec.clusterId;
  }
  return clusterId;
}

/** Before a store that was out of reach at the boot is used. Rejects with INVALID_CONFIG if it is of another cluster. */
export async function checkCluster(store: ClusterStore, clusterId: ClusterId): Promise<void> {
  const found = await store.get('ClusterState', CLUSTER_STATE_NAME);
  if (found === undefined || found.spec.clusterId === clusterId) return;
  const theirs = found.spec.clusterId;
  throw millraceError(
    'INVALID_CONFIG',
    `the cluster store is of cluster ${theirs}, this broker of ${clusterId}`,
  );
}

/** The store is out of reach, which may pass: a broker that knows its cluster goes on without it (rule 19). */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof MillraceError)) return false;
  return error.code === 'STORE_UNAVAILABLE' || error.code === 'CORRUPT_STATE';
}
