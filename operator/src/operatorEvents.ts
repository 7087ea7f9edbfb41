/** Events that say why, on the resource that a person looks at. */
import type { EventRecorder } from '@millrace/kube/eventRecorder';
import type { KubeObject } from '@millrace/kube/kubeObject';
import type { Resource } from '@millrace/kube/resource';
import { CLUSTERS, CONSUMER_GROUPS, TOPICS } from './world/kubeKinds.ts';

const KINDS: ReadonlyMap<string, Resource> = new Map(
  [CLUSTERS, TOPICS, CONSUMER_GROUPS].map((of) => [of.kind, of]),
);

export class OperatorEvents {
  readonly #recorder: EventRecorder;

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder;
  }

  tell(object: KubeObject, reason: string, action: string, note: string): void {
    this.#record(object, 'Normal', reason, action, note);
  }

  warn(object: KubeObject, reason: string, action: string, note: string): void {
    this.#record(object, 'Warning', reason, action, note);
  }

  #record(
    object: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    note: string,
  ): void {
    const of = KINDS.get(object.kind ?? '') ?? CLUSTERS;
    this.#recorder.record({ regarding: { of, object }, type, reason, action, note });
  }
}
