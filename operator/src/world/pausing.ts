import { PAUSE_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import type { KubeObject } from '@millrace/kube/kubeObject';

/** A person works here: nothing is written but status. */
export function isPaused(object: KubeObject | undefined): boolean {
  return object?.metadata.annotations?.[PAUSE_ANNOTATION] === 'true';
}
