/**
 * Which broker is restarted next, if any (kubernetes.md, Restart order): those that are down first, one at a time, the
 * controller last; what is wrong with the new revision stops it before it takes a second broker down. Pure, from what is
 * there: an operator that begins in the middle goes on.
 */
import type { BrokerId } from '@millrace/core/ids';
import type { PodView } from './podView.ts';

export interface RollView {
  readonly pods: readonly PodView[];
  /** Pods that there are to be. */
  readonly replicas: number;
  readonly revision: string;
  /** Undefined: nobody is, or it is not known. */
  readonly controllerId: BrokerId | undefined;
  /** Partitions with a copy out of sync, as `topic/partition`; a few of them. */
  readonly underReplicated: { readonly count: number; readonly some: readonly string[] };
}

export type RollStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string }
  /** Nothing will change until a person does something. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly message: string }
  | {
      readonly kind: 'restart';
      readonly pod: PodView;
      /** `never ran`: no broker runs there that could hand anything over. */
      readonly leave: 'after PrepareStop' | 'at once';
      readonly why: string;
    };

export function planRoll(view: RollView): RollStep {
  const { pods, replicas, revision } = view;
  const stale = pods.filter((pod) => pod.revision !== revision || pod.isRestartAsked);
  if (stale.length === 0) return { kind: 'done' };
  const isStale = (pod: PodView): boolean => stale.includes(pod);

  const lost = pods.find(({ trouble }) => trouble?.reason === 'NodeLost');
  if (lost !== undefined) return wait('NodeLost', `${lost.name} waits: ${lost.trouble?.message}`);
  const leaving = pods.find(({ isDeleting }) => isDeleting);
  if (leaving !== undefined) return wait('BrokerStopping', `${leaving.name} is stopping`);
  if (pods.length < replicas) {
    return wait('BrokerStarting', `${replicas - pods.length} of ${replicas} pods are to come`);
  }
  const down = pods.filter(({ isReady }) => !isReady);
  const downAndNew = down.find((pod) => !isStale(pod));
  if (downAndNew !== undefined) {
    const { trouble, name } = downAndNew;
    if (trouble === undefined) return wait('BrokerStarting', `${name} is starting`);
    return {
      kind: 'blocked',
      reason: trouble.reason,
      message: `${name} does not come up: ${trouble.message}. The roll stops here; correct the Cluster, or set it back`,
    };
  }
  // One that runs may hold what nobody else has: it is asked, or waited for.
  const stuck = down.find((pod) => !pod.isRunning);
  if (stuck !== undefined) return restartStuck(stuck);
  const starting = down[0];
  if (starting !== undefined) {
    return wait('BrokerStarting', `${starting.name} is starting, maybe recovering its log`);
  }
  return restartNext(view, stale);
}

function restartStuck(pod: PodView): RollStep {
  const what = pod.trouble?.message ?? 'it has not started';
  return {
    kind: 'restart',
    pod,
    leave: 'at once',
    why: `${pod.name} is down (${what}) and is not what the Cluster says`,
  };
}

function restartNext(
  { controllerId, underReplicated }: RollView,
  stale: readonly PodView[],
): RollStep {
  if (underReplicated.count > 0) {
    const { count, some } = underReplicated;
    const partitions = count === 1 ? 'partition has' : 'partitions have';
    return wait(
      'UnderReplicated',
      `${count} ${partitions} a copy out of sync (${some.join(', ')}${count > some.length ? ', ...' : ''}): the next broker waits for it`,
    );
  }
  const rank = (pod: PodView): number => (pod.id === controllerId ? 1 : 0);
  const [pod] = stale.toSorted((left, right) => rank(left) - rank(right) || left.id - right.id);
  if (pod === undefined) return { kind: 'done' };
  const why = pod.isRestartAsked ? 'its restart was asked for' : 'the Cluster says something new';
  return { kind: 'restart', pod, leave: 'after PrepareStop', why };
}

function wait(reason: string, message: string): RollStep {
  return { kind: 'wait', reason, message };
}
