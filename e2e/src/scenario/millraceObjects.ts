/** What scenarios read of Millrace's resources. */
import { resource } from '@millrace/kube/resource';
import type { KubeObject } from '@millrace/kube/kubeObject';

const VERSION = 'v1alpha1';
const GROUP = 'millrace.dev';

export const CLUSTERS = resource(GROUP, VERSION, 'clusters', 'Cluster');
export const TOPICS = resource(GROUP, VERSION, 'topics', 'Topic');
export const CONSUMER_GROUPS = resource(GROUP, VERSION, 'consumergroups', 'ConsumerGroup');
export const ASSIGNMENTS = resource(GROUP, VERSION, 'partitionassignments', 'PartitionAssignment');

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Conditioned extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly topicId?: string;
  };
}

export interface Assignment extends KubeObject {
  readonly spec: { readonly topicName: string; readonly topicId: string };
  readonly status?: {
    readonly partitions: readonly {
      readonly p: number;
      readonly replicas: readonly number[];
      /** `<broker>:<copy>:<boot>` */
      readonly leader: string | null;
      readonly isr: readonly string[];
    }[];
  };
}

export interface Pod extends KubeObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

export function conditionOf(object: Conditioned, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** As of its newest generation. */
export function isReady(object: Conditioned | undefined): boolean {
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return false;
  const observed = object.status?.observedGeneration ?? 0;
  if (observed < (object.metadata.generation ?? 0)) return false;
  return conditionOf(object, 'Ready')?.status === 'True';
}

export function isPodReady(pod: Pod | undefined): boolean {
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return false;
  return (
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
    false
  );
}

export function restartsOf(pod: Pod): number {
  return pod.status?.containerStatuses?.[0]?.restartCount ?? 0;
}
