/**
 * The active operator: what changed is enqueued, looked at by one worker per key, and everything once more after a while.
 * The first look waits until every copy is complete: what is absent from half a copy is not absent.
 */
import { randomBytes } from 'node:crypto';
import { toTopicId } from '@millrace/core/ids';
import type { OperatorConfig } from '@millrace/core/operatorConfig';
import { EventRecorder } from '@millrace/kube/eventRecorder';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { isKubeError } from '@millrace/kube/kubeError';
import { BrokerMarks } from './cluster/brokerMarks.ts';
import { ClusterReconciler } from './cluster/clusterReconciler.ts';
import { ClusterClients } from './group/clusterClients.ts';
import { DeclaredGroups } from './group/declaredGroups.ts';
import { GroupAbsences } from './group/groupAbsences.ts';
import { GroupReconciler } from './group/groupReconciler.ts';
import { GroupRemoval } from './group/groupRemoval.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { OperatorEvents } from './operatorEvents.ts';
import { WorkQueue } from './queue/workQueue.ts';
import { Replacing } from './rolling/replacing.ts';
import { Rolling } from './rolling/rolling.ts';
import { InternalTopicReconciler } from './topic/internalTopicReconciler.ts';
import { TopicReconciler } from './topic/topicReconciler.ts';
import { TopicRemoval } from './topic/topicRemoval.ts';
import { World } from './world/world.ts';

const CONTROLLER = 'millrace.dev/operator';
/** Keys of one kind handled at once: a thousand Topics must not hold up a Cluster. */
const WORKERS = { cluster: 2, topic: 16, unclaimed: 4, group: 4 } as const;
/** Among the keys of groups: those whose resource is gone. */
const GONE = '';

export interface OperatorParts {
  readonly config: OperatorConfig;
  readonly namespace: string;
  /** In events. */
  readonly instance: string;
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: () => Metrics;
}

export class Operator {
  readonly #parts: OperatorParts;
  readonly #world: World;
  readonly #clusters: WorkQueue;
  readonly #topics: WorkQueue;
  readonly #unclaimed: WorkQueue;
  readonly #groups: WorkQueue;
  readonly #clients: ClusterClients;
  /** What is enqueued before the copies are complete. */
  #early: (() => void)[] | undefined = [];
  #resync: NodeJS.Timeout | undefined;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    const { client, namespace, logger, config, instance } = parts;
    const events = new OperatorEvents(
      new EventRecorder({
        client,
        controller: CONTROLLER,
        instance,
        onFailed: (cause) => logger.warn('an event is lost', { cause: cause.message }),
      }),
    );
    const world = new World({
      client,
      namespace,
      logger,
      listener: {
        cluster: (name) => this.#enqueue(() => this.#clusters.add(name)),
        topic: (name) => this.#enqueue(() => this.#topics.add(name)),
        unclaimed: (topicId) => this.#enqueue(() => this.#unclaimed.add(topicId)),
        group: (name) => this.#enqueue(() => this.#groups.add(name)),
        topicGone: (topic, isSeen) => {
          removal.gone(topic, isSeen);
          const topicId = topic.status?.topicId;
          if (topicId !== undefined) this.#enqueue(() => this.#unclaimed.add(topicId));
        },
        groupGone: (group, isSeen) => {
          if (isSeen) groupRemoval.gone(group);
          this.#enqueue(() => this.#groups.add(GONE));
        },
      },
    });
    this.#world = world;
    const removal = new TopicRemoval({
      world,
      logger,
      monotonicMs: () => performance.now(),
      onHeld: ([first], note) => {
        logger.warn(note);
        const cluster = world.clusters.get(first?.cluster ?? '');
        if (cluster !== undefined) events.warn(cluster, 'DeletionHeld', 'Deleting', note);
      },
    });
    const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const topics = new TopicReconciler({ world, removal, randomBytes, now });
    const internal = new InternalTopicReconciler(world);
    const clusters = new ClusterReconciler({
      world,
      rolling: new Rolling({ world, events }),
      replacing: new Replacing(world, events),
      events,
      marks: new BrokerMarks(world),
      brokerImage: config.brokerImage,
      brokerServiceAccount: config.brokerServiceAccount,
      randomBytes,
      now,
    });
    this.#clients = new ClusterClients(world);
    const declared = new DeclaredGroups(world);
    const groups = new GroupReconciler({ world, clients: this.#clients, declared, now });
    const groupRemoval = new GroupRemoval({
      world,
      clients: this.#clients,
      declared,
      absences: new GroupAbsences(),
      logger,
      monotonicMs: () => performance.now(),
    });
    this.#groups = this.#queue('group', (name) =>
      name === GONE ? groupRemoval.reconcile() : groups.reconcile(name),
    );
    this.#clusters = this.#queue('cluster', (name) => clusters.reconcile(name));
    this.#topics = this.#queue('topic', (name) => topics.reconcile(name));
    this.#unclaimed = this.#queue('unclaimed', async (id) => {
      const topicId = toTopicId(id);
      await internal.reconcile(topicId);
      return await removal.reconcile(topicId);
    });
  }

  get depth(): number {
    return this.#queues.reduce((sum, { depth }) => sum + depth, 0);
  }

  get silentMs(): number {
    return this.#world.silentMs;
  }

  /** Resolves when all is known and work has begun. */
  async start(): Promise<void> {
    await this.#world.synced;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const enqueue of early) enqueue();
    this.#groups.add(GONE);
    this.#resync = setInterval(() => this.#lookAtAll(), this.#parts.config.resyncMs);
    this.#resync.unref();
    this.#parts.logger.info('the operator works');
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    clearInterval(this.#resync);
    this.#world.stop();
    await Promise.all(this.#queues.map((queue) => queue.stop()));
    await this.#clients.close();
  }

  get #queues(): readonly WorkQueue[] {
    return [this.#clusters, this.#topics, this.#unclaimed, this.#groups];
  }

  #lookAtAll(): void {
    const world = this.#world;
    world.prune();
    for (const { metadata } of world.clusters.list()) this.#clusters.add(metadata.name);
    for (const { metadata } of world.topics.list()) this.#topics.add(metadata.name);
    for (const { metadata } of world.groups.list()) this.#groups.add(metadata.name);
    this.#groups.add(GONE);
    for (const topicId of world.assignmentIndex.topicIds()) {
      if (world.topicById(topicId) === undefined) this.#unclaimed.add(topicId);
    }
  }

  #enqueue(add: () => void): void {
    if (this.#early === undefined) add();
    else this.#early.push(add);
  }

  #queue(
    kind: keyof typeof WORKERS,
    handle: (key: string) => Promise<number | undefined>,
  ): WorkQueue {
    const { logger, metrics } = this.#parts;
    return new WorkQueue({
      workers: WORKERS[kind],
      handle,
      onHandled: (_, durationMs) => metrics().reconciled(kind, durationMs),
      onFailed: (key, error, retryMs) => {
        metrics().failed(kind);
        // A copy was older than what it described: the next look sees more.
        const isUsual = isKubeError(error, 'conflict', 'already-exists', 'not-found');
        const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const level = isUsual ? 'debug' : 'warn';
        logger[level]('will be tried again', { kind, key, retryMs, cause });
      },
    });
  }
}
