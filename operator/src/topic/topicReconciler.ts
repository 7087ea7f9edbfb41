/**
 * One Topic from its resource to its assignments and back to its status. The topicId is claimed in the status by
 * compare-and-set before any assignment exists: whoever comes second reads it. Everything else is planned anew from
 * what is there.
 */
import { type ClusterId, newTopicId, type TopicId, toTopicId } from '@millrace/core/ids';
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import {
  CLUSTER_LABEL,
  TOPIC_LABEL,
  topicLabel,
} from '@millrace/core/resources/custom/resourceNames';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import type { AssignmentSpec } from '@millrace/core/resources/partitionAssignment';
import { CLUSTERS } from '../world/kubeKinds.ts';
import { brokerLoads } from '../world/brokerLoads.ts';
import { isSame } from '../world/covers.ts';
import { isPaused } from '../world/pausing.ts';
import type { World } from '../world/world.ts';
import type { TopicRemoval } from './topicRemoval.ts';
import { checkChunks, unreadable } from './topicChunks.ts';
import { type AssignmentWrites, planAssignments } from './topicPlan.ts';
import { TopicProblem } from './topicProblem.ts';
import { checkRivals, topicShape } from './topicShape.ts';
import { topicStatus } from './topicStatus.ts';
import {
  type KnownAssignment,
  type KnownCluster,
  topicNameOf,
  type TopicView,
} from './topicView.ts';

export interface TopicReconcilerParts {
  readonly world: World;
  readonly removal: TopicRemoval;
  readonly randomBytes: (count: number) => Uint8Array;
  /** RFC 3339. */
  readonly now: () => string;
}

export class TopicReconciler {
  readonly #parts: TopicReconcilerParts;

  constructor(parts: TopicReconcilerParts) {
    this.#parts = parts;
  }

  /** Rejects as KubeClient does: then it is tried again. */
  async reconcile(name: string): Promise<number | undefined> {
    const { world } = this.#parts;
    const topic = world.topics.get(name);
    if (topic === undefined || topic.metadata.deletionTimestamp !== undefined) return undefined;
    const view = this.#view(topic);
    const paused = isPaused(topic) || isPaused(world.clusters.get(topic.spec.clusterRef.name));
    let claimed = topic;
    let problem: TopicProblem | undefined;
    const known = claimedId(topic);
    if (known !== undefined) this.#parts.removal.claimed(known);
    await this.#recordPolicy(topic, paused);
    try {
      const cluster = checkedCluster(view);
      checkRivals(view);
      if (!paused) claimed = await this.#bringAbout(view, cluster);
    } catch (thrown) {
      if (!(thrown instanceof TopicProblem)) throw thrown;
      problem = thrown;
      claimed = world.topics.get(name) ?? topic;
    }
    await this.#tell(claimed, problem, paused);
    return problem?.retryMs;
  }

  /**
   * By itself and first: it is what is followed once the Topic is gone, whatever else of it cannot be done. `Retain` even
   * while it is paused: that changes nothing, and the Topic may be gone before the pause is.
   */
  async #recordPolicy({ spec, status }: TopicResource, paused: boolean): Promise<void> {
    const { world } = this.#parts;
    const { deletionPolicy } = spec;
    if (status?.topicId === undefined || (paused && deletionPolicy !== 'Retain')) return;
    const chunks = existing(world.assignmentIndex.ofTopic(toTopicId(status.topicId)));
    for (const { object, spec: recorded } of chunks) {
      if (recorded.deletionPolicy === deletionPolicy) continue;
      await world.writeAssignment({ ...object, spec: { ...recorded, deletionPolicy } }, 'put');
    }
  }

  #view(topic: TopicResource): TopicView {
    const { world } = this.#parts;
    const cluster = topic.spec.clusterRef.name;
    const brokers = world.brokersOf(cluster);
    return {
      topic,
      cluster: world.knownCluster(cluster),
      rivals: world.rivalsOf(topic),
      brokers,
      loads: () => brokerLoads(brokers, world.assignmentIndex.specsOf(cluster)),
    };
  }

  /** Returns the topic with its claim. Throws TopicProblem. */
  async #bringAbout(view: TopicView, cluster: IdentifiedCluster): Promise<TopicResource> {
    const { world } = this.#parts;
    const { name, clusterId } = cluster;
    const known = claimedId(view.topic);
    const found = known ?? (await this.#adoptable(view.topic, name));
    const chunks = existing(world.assignmentIndex.ofTopic(found));
    checkChunks(view.topic, chunks);
    const shape = topicShape(view.topic, cluster, chunks);
    const topicId = found ?? newTopicId(this.#parts.randomBytes(16));
    // Before the claim: what can't be placed claims nothing, and says so.
    const identity = { topicId, clusterId };
    const writes = planAssignments(view, identity, shape, chunks);
    const taken = writes.created.find(({ name: at }) => world.assignments.get(at) !== undefined);
    if (taken !== undefined) throw unreadable(taken.name);
    const claimed =
      known === undefined
        ? await this.#claim(view.topic, topicId, after(chunks, writes))
        : view.topic;
    this.#parts.removal.claimed(topicId);
    for (const { name: at, spec } of writes.changed) {
      const object = world.assignments.get(at);
      if (object !== undefined) await world.writeAssignment({ ...object, spec }, 'put');
    }
    for (const { name: at, spec } of writes.created) {
      await world.writeAssignment(newAssignment(at, name, spec, world.namespace), 'create');
    }
    return claimed;
  }

  /** What is there under its name and nobody claims: retained, or of a Topic whose status was lost. */
  async #adoptable(topic: TopicResource, cluster: string): Promise<TopicId | undefined> {
    const { world, removal } = this.#parts;
    const names = (): KnownAssignment[] =>
      existing(world.assignmentIndex.ofTopicName(cluster, topicNameOf(topic)));
    // A deletion that was asked for comes first: the new topic of the name is another one.
    for (const topicId of new Set(names().map(({ spec }) => spec.topicId))) {
      const waitMs = await removal.finish(topicId);
      if (waitMs > 0) throw deletionSettling(waitMs);
    }
    const ids = new Set(names().map(({ spec }) => spec.topicId));
    const free = [...ids].filter(
      (id) =>
        world.topicById(id) === undefined &&
        // What is buried in part was decided on, and is no topic any more.
        !world.assignmentIndex.ofTopic(id).some(({ spec }) => spec.deleted),
    );
    return free.toSorted()[0];
  }

  /** With the status that it has once its assignments are there: one write instead of two. */
  async #claim(
    topic: TopicResource,
    topicId: TopicId,
    planned: readonly KnownAssignment[],
  ): Promise<TopicResource> {
    const { world, now } = this.#parts;
    const judgement = { topicId, chunks: planned, problem: undefined, isPaused: false };
    const status = topicStatus(topic, judgement, now());
    return await world.writeTopicStatus({ ...topic, status });
  }

  async #tell(
    topic: TopicResource,
    problem: TopicProblem | undefined,
    paused: boolean,
  ): Promise<void> {
    const { world, now } = this.#parts;
    const topicId = claimedId(topic);
    const chunks = existing(world.assignmentIndex.ofTopic(topicId));
    const judgement = { topicId, chunks, problem, isPaused: paused };
    const status = topicStatus(topic, judgement, now());
    if (isSame(topic.status, status)) return;
    await world.writeTopicStatus({ ...topic, status });
  }
}

interface IdentifiedCluster extends KnownCluster {
  readonly clusterId: ClusterId;
}

function checkedCluster(view: TopicView): IdentifiedCluster {
  const { cluster, topic } = view;
  const { name } = topic.spec.clusterRef;
  if (cluster === undefined) {
    throw new TopicProblem(
      'ClusterMissing',
      'waiting',
      `there is no ${CLUSTERS.kind} ${name} in this namespace: make it, or make the Topic with another clusterRef`,
    );
  }
  if (cluster.clusterId === undefined) {
    throw new TopicProblem('ClusterNotReady', 'waiting', `the Cluster ${name} is being made`);
  }
  return { ...cluster, clusterId: cluster.clusterId };
}

function deletionSettling(waitMs: number): TopicProblem {
  return new TopicProblem(
    'DeletingPredecessor',
    'waiting',
    'another Topic of this name was deleted a moment ago: its records go first',
    waitMs,
  );
}

function claimedId({ status }: TopicResource): TopicId | undefined {
  return status?.topicId === undefined ? undefined : toTopicId(status.topicId);
}

function existing<T extends KnownAssignment>(assignments: readonly T[]): T[] {
  return assignments.filter(({ spec }) => !spec.deleted);
}

/** What is there once the writes are made. */
function after(chunks: readonly KnownAssignment[], writes: AssignmentWrites): KnownAssignment[] {
  const specs = new Map(writes.changed.map(({ name, spec }) => [name, spec]));
  return [
    ...chunks.map((chunk) => ({ ...chunk, spec: specs.get(chunk.name) ?? chunk.spec })),
    ...writes.created.map((created) => ({ ...created, status: undefined })),
  ];
}

function newAssignment(
  name: string,
  cluster: string,
  spec: AssignmentSpec,
  namespace: string,
): AssignmentResource {
  const labels = { [CLUSTER_LABEL]: cluster, [TOPIC_LABEL]: topicLabel(spec.topicName) };
  return { metadata: { name, namespace, labels }, spec } as unknown as AssignmentResource;
}
