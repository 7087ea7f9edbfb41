/**
 * What a broker has to be restarted for. The hash is over what the Cluster says, not over the pod that this operator
 * builds from it: an operator upgrade alone restarts nothing, its pods come as brokers restart for other reasons. Pure.
 */
import { createHash } from 'node:crypto';
import { RESTART_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import type { ClusterView } from './clusterView.ts';

/** Of pods, and of the StatefulSet's template. */
export const REVISION_ANNOTATION = 'millrace.dev/revision';

export function revisionOf({ cluster, image }: ClusterView): string {
  const { brokers, imagePullSecrets } = cluster.spec;
  const { replicas: _, storage: __, ...pod } = brokers;
  const restart = cluster.metadata.annotations?.[RESTART_ANNOTATION] ?? '';
  const text = JSON.stringify(sorted({ image, imagePullSecrets, pod, restart }));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The API server does not keep the order of fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
