/**
 * Whether the API server would take an object of a kind here: in a namespace that is being deleted, and while the kind
 * itself is, an absence says nothing of what anybody wants.
 */
import { API_GROUP, API_VERSION } from '@millrace/core/resources/custom/customResource';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { KubeError } from '@millrace/kube/kubeError';
import { collectionPath, type Resource } from '@millrace/kube/resource';

/** Why not; undefined if it would. Nothing is made. Rejects with KubeError `unavailable`. */
export async function refusalToMake(
  client: KubeClient,
  namespace: string,
  of: Resource,
  spec: object,
): Promise<string | undefined> {
  const body = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: of.kind,
    metadata: { generateName: 'millrace-probe-', namespace },
    spec,
  };
  try {
    const path = collectionPath(of, namespace);
    await client.connection.call({ method: 'POST', path, query: { dryRun: 'All' }, body });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof KubeError) || thrown.reason === 'unavailable') throw thrown;
    return thrown.message;
  }
}
