/** What `kubectl get topics` says: the truth of the assignments, not of the intention. Pure. */
import { type NewCondition, withTransitionTimes } from '@millrace/core/resources/custom/condition';
import type {
  TopicResource,
  TopicResourceStatus,
} from '@millrace/core/resources/custom/topicResource';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { TopicProblem } from './topicProblem.ts';
import { type KnownAssignment, topicNameOf } from './topicView.ts';

export interface TopicJudgement {
  readonly topicId: string | undefined;
  readonly chunks: readonly KnownAssignment[];
  readonly problem: TopicProblem | undefined;
  readonly isPaused: boolean;
}

interface Counts {
  readonly partitions: number;
  readonly led: number;
  readonly neverLed: number;
  readonly underMinIsr: number;
  readonly underReplicated: number;
  readonly moving: number;
  readonly replicationFactor: number;
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** `now`: RFC 3339. */
export function topicStatus(
  topic: TopicResource,
  judgement: TopicJudgement,
  now: string,
): TopicResourceStatus {
  const { topicId, chunks, problem, isPaused } = judgement;
  const counts = countsOf(chunks);
  const verdict = verdictOf(counts, problem);
  // Of what was carried out: who waits for a change must not take the state before it for the state after.
  const carriedOut = isPaused ? topic.status?.observedGeneration : topic.metadata.generation;
  const observed = carriedOut === undefined ? {} : { observedGeneration: carriedOut };
  const conditions: NewCondition[] = [{ type: 'Ready', ...observed, ...verdict }];
  const progress = progressOf(counts, problem);
  if (problem?.kind === 'stalled') {
    const { reason, message } = problem;
    conditions.push({ type: 'Stalled', status: 'True', ...observed, reason, message });
  } else if (progress !== undefined) {
    conditions.push({ type: 'Reconciling', status: 'True', ...observed, ...progress });
  }
  if (isPaused) {
    const message = 'annotation millrace.dev/pause is set: remove it, and changes are carried out';
    conditions.push({
      type: 'Paused',
      status: 'True',
      observedGeneration: topic.metadata.generation,
      reason: 'Asked',
      message,
    });
  }
  return {
    conditions: withTransitionTimes(topic.status?.conditions ?? [], conditions, now),
    ...observed,
    topicName: topicNameOf(topic),
    ...(topicId === undefined
      ? {}
      : {
          topicId,
          ...known(topic, counts),
          replicationFactor: counts.replicationFactor,
          underReplicatedPartitions: counts.underReplicated,
          reassigningPartitions: counts.moving,
        }),
  };
}

/** While assignments are missing, as it was: by nothing else that is noticed (topicChunks). */
function known(
  { status }: TopicResource,
  { partitions, led }: Counts,
): Pick<TopicResourceStatus, 'partitions' | 'ledPartitions'> {
  const { partitions: before = 0, ledPartitions = 0 } = status ?? {};
  if (status?.topicId === undefined || ledPartitions <= partitions) {
    return { partitions, ledPartitions: led };
  }
  return { partitions: before, ledPartitions };
}

function countsOf(chunks: readonly KnownAssignment[]): Counts {
  const counts = {
    partitions: 0,
    led: 0,
    neverLed: 0,
    underMinIsr: 0,
    underReplicated: 0,
    moving: 0,
    replicationFactor: 0,
  };
  for (const { spec, status } of chunks) {
    for (const [index, replicas] of spec.replicas.entries()) {
      const partition = status?.partitions[index];
      counts.partitions += 1;
      counts.replicationFactor = Math.max(counts.replicationFactor, replicas.length);
      if (partition?.initialized !== true) {
        counts.neverLed += 1;
        continue;
      }
      if (partition.leader !== null) counts.led += 1;
      if (partition.isr.length < partition.minIsr) counts.underMinIsr += 1;
      if (partition.isr.length < partition.replicas.length) counts.underReplicated += 1;
      if (isMoving(partition, replicas)) counts.moving += 1;
    }
  }
  return counts;
}

function isMoving(partition: PartitionStatus, wanted: readonly number[]): boolean {
  const { replicas, adding } = partition;
  return (
    adding.length > 0 ||
    !wanted.every((id, index) => replicas[index] === id) ||
    wanted.length !== replicas.length
  );
}

function verdictOf(counts: Counts, problem: TopicProblem | undefined): Verdict {
  const { partitions, led, neverLed, underMinIsr } = counts;
  const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });
  if (problem !== undefined) return no(problem.reason, problem.message);
  if (neverLed > 0 || partitions === 0) {
    return no('Creating', `${led} of ${partitions} partitions have their first leader`);
  }
  if (led < partitions) {
    return no(
      'LeaderMissing',
      `${partitions - led} of ${partitions} partitions have no leader: none of their copies in sync is live; see the brokers, then millrace topic describe`,
    );
  }
  if (underMinIsr > 0) {
    return no(
      'UnderMinIsr',
      `${underMinIsr} of ${partitions} partitions have fewer copies in sync than minInsyncReplicas: acks=all is refused there until brokers are back`,
    );
  }
  return {
    status: 'True',
    reason: 'Ready',
    message: partitions === 1 ? 'the partition is led' : `all ${partitions} partitions are led`,
  };
}

function progressOf(
  { partitions, neverLed, moving }: Counts,
  problem: TopicProblem | undefined,
): { readonly reason: string; readonly message: string } | undefined {
  if (problem?.kind === 'waiting') return { reason: problem.reason, message: problem.message };
  if (neverLed > 0) {
    return { reason: 'Creating', message: `${neverLed} partitions wait for their first leader` };
  }
  if (moving > 0) {
    return {
      reason: 'MovingReplicas',
      message: `${moving} of ${partitions} partitions are being copied to other brokers`,
    };
  }
  return undefined;
}
