/**
 * Restarts brokers one after the other: what planRoll says, by PrepareStop and a delete of exactly that pod. Nothing of it
 * is remembered: whoever comes after this process goes on from what is there.
 */
import type { ClusterResource } from '@millrace/core/resources/custom/clusterResource';
import { isKubeError } from '@millrace/kube/kubeError';
import { PODS } from '@millrace/kube/resource';
import type { OperatorEvents } from '../operatorEvents.ts';
import type { World } from '../world/world.ts';
import { findController, prepareStop } from './controllerCalls.ts';
import type { PodView } from './podView.ts';
import { planRoll, type RollStep } from './rollPlan.ts';
import { underReplicated } from './underReplicated.ts';

export interface RollWanted {
  readonly pods: readonly PodView[];
  readonly replicas: number;
  readonly revision: string;
}

export interface RollingParts {
  readonly world: World;
  readonly events: OperatorEvents;
}

const WAITING_SHOWN = 3;

export class Rolling {
  readonly #parts: RollingParts;

  constructor(parts: RollingParts) {
    this.#parts = parts;
  }

  /** Says what it did, or waits for. */
  async step(cluster: ClusterResource, wanted: RollWanted): Promise<RollStep> {
    const { world, events } = this.#parts;
    const { name } = cluster.metadata;
    const isDone = planRoll({
      ...wanted,
      controllerId: undefined,
      underReplicated: { count: 0, some: [] },
    });
    if (isDone.kind === 'done') return isDone;
    const controller = await findController(world.client, world.namespace, name);
    const step = planRoll({
      ...wanted,
      controllerId: controller?.brokerId,
      underReplicated: underReplicated(world.assignmentIndex.ofCluster(name)),
    });
    if (step.kind === 'blocked') events.warn(cluster, 'RollBlocked', 'Rolling', step.message);
    if (step.kind === 'wait') events.tell(cluster, 'RollWaiting', 'Rolling', step.message);
    if (step.kind !== 'restart') return step;
    if (step.leave === 'after PrepareStop') {
      const refusal = await this.#refusal(controller, step.pod);
      if (refusal !== undefined) {
        events.tell(cluster, 'RollWaiting', 'Rolling', refusal);
        return { kind: 'wait', reason: 'StopRefused', message: refusal };
      }
    }
    await this.#delete(cluster, step.pod, step.why);
    return step;
  }

  async #refusal(
    controller: Awaited<ReturnType<typeof findController>>,
    pod: PodView,
  ): Promise<string | undefined> {
    if (controller === undefined) return `${pod.name} waits: the cluster has no controller`;
    try {
      const { ready, waiting } = await prepareStop(controller, pod.id);
      if (ready) return undefined;
      const topics = [...new Set(waiting.map(({ topicId }) => this.#topicName(topicId)))];
      const some = topics.slice(0, WAITING_SHOWN).join(', ');
      return waiting.length === 0
        ? `${pod.name} waits: its leaderships are being handed over`
        : `${pod.name} waits: without it ${waiting.length} partitions would have too few copies in sync (of ${some})`;
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      return `${pod.name} waits: the controller does not answer (${cause.slice(0, 200)})`;
    }
  }

  #topicName(topicId: string): string {
    const [found] = this.#parts.world.assignmentIndex.ofTopic(topicId as never);
    return found?.spec.topicName ?? topicId;
  }

  async #delete(cluster: ClusterResource, pod: PodView, why: string): Promise<void> {
    const { world, events } = this.#parts;
    try {
      await world.client.delete(PODS, world.namespace, pod.name, { uid: pod.uid });
      events.tell(cluster, 'RestartingBroker', 'Rolling', `restarting ${pod.name}: ${why}`);
    } catch (error) {
      // It is another pod of the name by now.
      if (!isKubeError(error, 'conflict')) throw error;
    }
  }
}
