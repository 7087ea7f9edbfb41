/**
 * From what a Topic asks for to the specs of its assignments. Pure: it reads a view and says what to write, so that
 * whatever was cut short is planned again from what is there. Existing replicas move only where the number of copies,
 * explicit brokers or a drain asks for it.
 */
import { MillraceError, toMillraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId, TopicId } from '@millrace/core/ids';
import { place } from '@millrace/core/place';
import { type BrokerLoads, drained, resized } from '@millrace/core/replicaMoves';
import {
  assignmentName,
  type AssignmentSpec,
  PARTITIONS_PER_ASSIGNMENT,
} from '@millrace/core/resources/partitionAssignment';
import { drainingBrokers } from '../world/brokerLoads.ts';
import { isSame } from '../world/covers.ts';
import { checkChunks } from './topicChunks.ts';
import { TopicProblem } from './topicProblem.ts';
import type { TopicShape } from './topicShape.ts';
import { type KnownAssignment, topicNameOf, type TopicView } from './topicView.ts';

export interface AssignmentWrites {
  readonly changed: readonly { readonly name: string; readonly spec: AssignmentSpec }[];
  /** In order: each is full before the next begins. */
  readonly created: readonly { readonly name: string; readonly spec: AssignmentSpec }[];
}

/** Throws TopicProblem; then nothing is to be written. */
export function planAssignments(
  view: TopicView,
  identity: { readonly topicId: TopicId; readonly clusterId: ClusterId },
  shape: TopicShape,
  chunks: readonly KnownAssignment[],
): AssignmentWrites {
  const { topic } = view;
  checkChunks(topic, chunks);
  const kept = chunks.flatMap((chunk) => chunk.spec.replicas);
  const loads = needsPlacement(view, shape, kept) ? view.loads() : new Map();
  const moved = movedReplicas(view, shape, kept, loads);
  const added = addedReplicas(view, identity.topicId, shape, kept.length, loads);
  const known = new Map(chunks.map((chunk) => [chunk.spec.chunk, chunk.spec]));
  const specs: AssignmentSpec[] = [];
  const all = [...moved, ...added];
  for (let from = 0; from < all.length; from += PARTITIONS_PER_ASSIGNMENT) {
    const chunk = from / PARTITIONS_PER_ASSIGNMENT;
    specs.push({
      ...known.get(chunk),
      ...identity,
      topicName: topicNameOf(topic),
      chunk,
      config: shape.config,
      replicas: all.slice(from, from + PARTITIONS_PER_ASSIGNMENT),
      deletionPolicy: topic.spec.deletionPolicy,
      deleted: false,
    });
  }
  const named = specs.map((spec) => ({ name: assignmentName(identity.topicId, spec.chunk), spec }));
  return {
    changed: named.filter(
      ({ spec }) => known.has(spec.chunk) && !isSame(known.get(spec.chunk), spec),
    ),
    created: named.filter(({ spec }) => !known.has(spec.chunk)),
  };
}

/** Loads are summed over all topics: not for each of thousands that are as they should be. */
function needsPlacement(
  { topic, brokers }: TopicView,
  { partitions, replicationFactor }: TopicShape,
  kept: readonly (readonly BrokerId[])[],
): boolean {
  const draining = drainingBrokers(brokers);
  return (
    topic.spec.placement !== undefined ||
    kept.length < partitions ||
    kept.some(
      (replicas) =>
        replicas.length !== replicationFactor || replicas.some((id) => draining.has(id)),
    )
  );
}

function movedReplicas(
  { topic, brokers }: TopicView,
  { replicationFactor }: TopicShape,
  kept: readonly (readonly BrokerId[])[],
  loads: BrokerLoads,
): (readonly BrokerId[])[] {
  const draining = drainingBrokers(brokers);
  const explicit = explicitBrokers(topic.spec.placement, loads);
  return kept.map((replicas, partition) => {
    const named = explicit.get(partition);
    if (named !== undefined) return named;
    const wanted = drained(resized(replicas, replicationFactor, loads), draining, loads);
    if (wanted.length < replicationFactor) {
      throw notEnoughBrokers(replicationFactor, usableCount(loads));
    }
    return wanted;
  });
}

function addedReplicas(
  { topic }: TopicView,
  topicId: TopicId,
  { partitions, replicationFactor }: TopicShape,
  count: number,
  loads: BrokerLoads,
): (readonly BrokerId[])[] {
  if (partitions <= count) return [];
  const explicit = explicitBrokers(topic.spec.placement, loads);
  try {
    const placed = place(
      [...loads.values()],
      partitions - count,
      replicationFactor,
      topicId,
      count,
    );
    return placed.map((replicas, index) => explicit.get(count + index) ?? replicas);
  } catch (thrown) {
    const isShort = thrown instanceof MillraceError && thrown.code === 'INVALID_REPLICATION_FACTOR';
    if (!isShort) throw toMillraceError(thrown);
    throw notEnoughBrokers(replicationFactor, usableCount(loads));
  }
}

function explicitBrokers(
  placement: TopicView['topic']['spec']['placement'],
  loads: BrokerLoads,
): Map<number, readonly BrokerId[]> {
  const explicit = new Map<number, readonly BrokerId[]>();
  for (const { partition, brokers } of placement ?? []) {
    const unknown = brokers.find((id) => !loads.has(id as BrokerId));
    if (unknown !== undefined) {
      throw new TopicProblem(
        'UnknownBroker',
        'waiting',
        `spec.placement names broker ${unknown}, which is not live: correct it, or wait for the broker`,
      );
    }
    explicit.set(partition, brokers as readonly BrokerId[]);
  }
  return explicit;
}

function usableCount(loads: BrokerLoads): number {
  return [...loads.values()].filter(({ cordoned }) => !cordoned).length;
}

function notEnoughBrokers(wanted: number, usable: number): TopicProblem {
  const have = usable === 1 ? '1 broker can' : `${usable} brokers can`;
  return new TopicProblem(
    'NotEnoughBrokers',
    'waiting',
    `${wanted} copies of each partition are asked for and ${have} take one: add brokers, wait until they are live, or lower spec.replicationFactor`,
  );
}
