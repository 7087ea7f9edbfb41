/** A broker's pod as a restart is decided by. Pure. */
import type { BrokerId } from '@millrace/core/ids';
import { brokersName, RESTART_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import { REVISION_ANNOTATION } from '../cluster/revision.ts';
import type { ContainerStatus, PodObject } from '../world/podObjects.ts';

export interface PodView {
  readonly id: BrokerId;
  readonly name: string;
  readonly uid: string;
  readonly revision: string;
  /** Any new value on the pod asks to restart it. */
  readonly isRestartAsked: boolean;
  readonly isReady: boolean;
  readonly isDeleting: boolean;
  /** Its container runs: it may be in log recovery, which is left alone. */
  readonly isRunning: boolean;
  /** Why it does not come up; undefined: it is up, or on its way. */
  readonly trouble: PodTrouble | undefined;
  readonly nodeName: string | undefined;
}

export interface PodTrouble {
  readonly reason: 'CrashLoop' | 'ImageUnavailable' | 'Unschedulable' | 'CannotStart' | 'NodeLost';
  /** A sentence with what Kubernetes says. */
  readonly message: string;
}

/** Undefined for a pod of another name. */
export function podView(pod: PodObject, cluster: string): PodView | undefined {
  const { name, uid = '', annotations, deletionTimestamp } = pod.metadata;
  const digits = name.startsWith(`${brokersName(cluster)}-`)
    ? name.slice(brokersName(cluster).length + 1)
    : '';
  if (!/^\d+$/.test(digits)) return undefined;
  const container = pod.status?.containerStatuses?.find((status) => status.name === 'broker');
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  return {
    id: Number(digits) as BrokerId,
    name,
    uid,
    revision: annotations?.[REVISION_ANNOTATION] ?? '',
    isRestartAsked: annotations?.[RESTART_ANNOTATION] !== undefined,
    isReady,
    isDeleting: deletionTimestamp !== undefined,
    isRunning: container?.state?.running !== undefined,
    trouble: isReady ? undefined : (nodeLost(pod, container) ?? troubleOf(pod, container)),
    nodeName: pod.spec?.nodeName,
  };
}

/** Its kubelet would have said that the container is not ready: somebody else took the pod's readiness away. */
function nodeLost(pod: PodObject, container: ContainerStatus | undefined): PodTrouble | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  if (container?.ready !== true || ready?.status !== 'False') return undefined;
  const { name } = pod.metadata;
  const id = name.slice(name.lastIndexOf('-') + 1);
  const broker = name.replace(/-broker-(\d+)$/, '-$1');
  return {
    reason: 'NodeLost',
    message: `its node ${pod.spec?.nodeName ?? ''} does not answer. Others lead what broker ${id} led. If the node does not come back: kubectl delete node ${pod.spec?.nodeName ?? ''}; if its disk is lost with it: kubectl annotate brokers.millrace.dev ${broker} millrace.dev/replace=true`,
  };
}

/** Once is an accident, more is a loop: between two tries the container runs. */
const CRASHES_MIN = 2;
const IMAGE_REASONS = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
]);
const START_REASONS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

function troubleOf(pod: PodObject, container: ContainerStatus | undefined): PodTrouble | undefined {
  const waiting = container?.state?.waiting;
  const reason = waiting?.reason ?? '';
  const said = waiting?.message === undefined ? reason : `${reason}: ${waiting.message}`;
  if (IMAGE_REASONS.has(reason)) return { reason: 'ImageUnavailable', message: said };
  if (START_REASONS.has(reason)) return { reason: 'CannotStart', message: said };
  const crashes = container?.restartCount ?? 0;
  if (reason === 'CrashLoopBackOff' || crashes >= CRASHES_MIN) {
    const exit = container?.lastState?.terminated?.exitCode;
    const code = exit === undefined ? '' : `, the last time with exit code ${exit}`;
    return { reason: 'CrashLoop', message: `its container ended ${crashes} times${code}` };
  }
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const message = scheduled.message ?? 'no node takes it';
    return { reason: 'Unschedulable', message: `it is pending: ${message}` };
  }
  return undefined;
}
