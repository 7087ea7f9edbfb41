/** What `kubectl get clusters` says. Pure. */
import { type NewCondition, withTransitionTimes } from '@millrace/core/resources/custom/condition';
import type {
  ClusterResource,
  ClusterStatus,
} from '@millrace/core/resources/custom/clusterResource';
import type { PodView } from '../rolling/podView.ts';
import type { RollStep } from '../rolling/rollPlan.ts';
import { brokerSelector } from './clusterLabels.ts';
import type { ClusterProblem } from './clusterProblem.ts';

export interface ClusterJudgement {
  readonly clusterId: string | undefined;
  readonly image: string | undefined;
  readonly pods: readonly PodView[];
  readonly revision: string | undefined;
  /** Pods that there are to be. */
  readonly replicas: number;
  /** Brokers that the controller counts as live. */
  readonly live: ReadonlySet<number>;
  readonly featureLevel: number | undefined;
  readonly roll: RollStep;
  /** Why brokers that are to go are still there. */
  readonly scaling: { readonly reason: string; readonly message: string } | undefined;
  readonly problem: ClusterProblem | undefined;
  readonly isPaused: boolean;
}

interface Said {
  readonly reason: string;
  readonly message: string;
}

export function clusterStatus(
  cluster: ClusterResource,
  judgement: ClusterJudgement,
  now: string,
): ClusterStatus {
  const { clusterId, image, pods, revision, featureLevel } = judgement;
  const observedGeneration = cluster.metadata.generation;
  const selector = brokerSelector(cluster.metadata.name);
  return {
    conditions: withTransitionTimes(
      cluster.status?.conditions ?? [],
      conditionsOf(cluster, judgement).map((one) => ({ ...one, observedGeneration })),
      now,
    ),
    observedGeneration,
    ...(clusterId === undefined ? {} : { clusterId }),
    replicas: pods.length,
    selector: Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    readyBrokers: pods.filter((pod) => isServing(pod, judgement)).length,
    updatedBrokers: pods.filter((pod) => pod.revision === revision).length,
    ...(image === undefined ? {} : { image }),
    ...(featureLevel === undefined ? {} : { featureLevel }),
  };
}

function conditionsOf(cluster: ClusterResource, judgement: ClusterJudgement): NewCondition[] {
  const { problem, isPaused } = judgement;
  const conditions: NewCondition[] = [ready(cluster, judgement)];
  const progress = progressOf(cluster, judgement);
  const stall = problem ?? (judgement.roll.kind === 'blocked' ? judgement.roll : undefined);
  if (stall !== undefined) {
    const { reason, message } = stall;
    conditions.push({ type: 'Stalled', status: 'True', reason, message });
  } else if (progress !== undefined) {
    conditions.push({ type: 'Reconciling', status: 'True', ...progress });
  }
  const failed = failedBrokers(judgement);
  if (failed !== undefined) conditions.push({ type: 'BrokersFailed', status: 'True', ...failed });
  if (isPaused) {
    const message = 'annotation millrace.dev/pause is set: remove it, and changes are carried out';
    conditions.push({ type: 'Paused', status: 'True', reason: 'Asked', message });
  }
  return conditions;
}

function isServing(pod: PodView, { live }: ClusterJudgement): boolean {
  return pod.isReady && !pod.isDeleting && live.has(pod.id);
}

function ready(cluster: ClusterResource, judgement: ClusterJudgement): NewCondition {
  const { problem, pods } = judgement;
  const wanted = cluster.spec.brokers.replicas;
  if (problem !== undefined) {
    const { reason, message } = problem;
    return { type: 'Ready', status: 'False', reason, message };
  }
  const serving = pods.filter((pod) => isServing(pod, judgement)).length;
  if (serving >= wanted) {
    const message = wanted === 1 ? 'the broker serves' : `all ${wanted} brokers serve`;
    return { type: 'Ready', status: 'True', reason: 'Ready', message };
  }
  const failed = failedBrokers(judgement);
  return {
    type: 'Ready',
    status: 'False',
    reason: failed?.reason ?? 'BrokersMissing',
    message: failed?.message ?? `${serving} of ${wanted} brokers serve`,
  };
}

function failedBrokers({ pods }: ClusterJudgement): Said | undefined {
  const failed = pods.filter(({ trouble }) => trouble !== undefined);
  const [first] = failed;
  if (first?.trouble === undefined) return undefined;
  const message = failed.map(({ name, trouble }) => `${name}: ${trouble?.message}`).join('; ');
  return { reason: first.trouble.reason, message: message.slice(0, 1000) };
}

function progressOf(cluster: ClusterResource, judgement: ClusterJudgement): Said | undefined {
  const { roll, scaling, pods, revision } = judgement;
  if (scaling !== undefined) return scaling;
  if (roll.kind === 'wait') return { reason: roll.reason, message: roll.message };
  if (roll.kind === 'restart') {
    return { reason: 'Rolling', message: `${roll.pod.name} is restarted: ${roll.why}` };
  }
  const wanted = cluster.spec.brokers.replicas;
  const serving = pods.filter((pod) => isServing(pod, judgement)).length;
  const updated = pods.filter((pod) => pod.revision === revision).length;
  if (serving >= wanted && updated >= wanted) return undefined;
  return { reason: 'BrokersStarting', message: `${serving} of ${wanted} brokers serve` };
}
