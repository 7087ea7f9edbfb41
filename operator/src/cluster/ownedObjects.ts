/**
 * Brings what the operator makes for a Cluster to what it should be, by server-side apply, and only where it is not: what
 * is there is compared first. What belongs to somebody else is not touched.
 */
import { createHash } from 'node:crypto';
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import type { KubeObject } from '@millrace/kube/kubeObject';
import { covers } from '../world/covers.ts';
import type { FreshObjects } from '../world/freshObjects.ts';
import type { World } from '../world/world.ts';
import { ClusterProblem } from './clusterProblem.ts';

const FIELD_MANAGER = 'millrace-operator';
/** Hash of what was applied: a field that is no longer wanted is seen by it. */
const APPLIED_ANNOTATION = 'millrace.dev/applied';

/** Returns whether it wrote. Throws ClusterProblem if the object is another's. */
export async function ensureOwned<T extends KubeObject>(
  world: World,
  objects: FreshObjects<T>,
  cluster: ClusterResource,
  wanted: T,
): Promise<boolean> {
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16);
  const { metadata } = wanted;
  const marked = {
    ...wanted,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [APPLIED_ANNOTATION]: hash } },
  };
  const known = objects.get(metadata.name);
  // Copies hold only what carries the operator's label: a stranger of the name is seen by reading.
  const live = known ?? (await world.client.get<T>(objects.of, world.namespace, metadata.name));
  if (live !== undefined) checkOwner(live, cluster, objects.of.kind);
  if (known !== undefined && covers(known, marked)) return false;
  await objects.apply(marked, FIELD_MANAGER);
  return true;
}

function checkOwner(live: KubeObject, cluster: ClusterResource, kind: string): void {
  const { name, ownerReferences = [], labels } = live.metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner?.uid === cluster.metadata.uid) return;
  const isOurs = labels?.['app.kubernetes.io/managed-by'] === FIELD_MANAGER;
  if (owner === undefined && isOurs) return;
  const whose =
    owner === undefined
      ? 'is not one that the operator made'
      : `belongs to ${owner.kind} ${owner.name}`;
  throw new ClusterProblem(
    'ResourceConflict',
    `the ${kind} ${name} ${whose}: delete it, or give the Cluster another name`,
  );
}
