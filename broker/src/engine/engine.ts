/**
 * The broker without its network: what every protocol stands on. Started it serves appends, reads and topics; stopped
 * it has synced everything and left the marker of a clean shutdown.
 */
import type { MillraceError } from '@millrace/core/errors';
import { millraceError } from '@millrace/core/errors';
import { type BootId, type BrokerId, type ClusterId, newClusterId } from '@millrace/core/ids';
import { CLUSTER_STATE_NAME, FEATURE_LEVEL } from '@millrace/core/resources/clusterState';
import { Catalog } from '../controller/catalog.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { LogDirectory } from '../log/logDirectory.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import { ByteBudget } from './byteBudget.ts';
import { Fetching } from './fetching.ts';
import { Producing } from './producing.ts';
import { type TopicDefaults, TopicLifecycle } from './topicLifecycle.ts';
import { Topics } from './topics.ts';

export interface EngineOptions {
  readonly brokerId: BrokerId;
  readonly directory: LogDirectory;
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly topicDefaults: TopicDefaults;
  /** Of produce requests in memory, all connections together. */
  readonly produceBytesMax: number;
  /** Free on the disk of the log. */
  readonly freeBytes: () => number;
  /** Between looks for segments that retention no longer wants. */
  readonly retentionCheckMs: number;
}

export class Engine {
  readonly brokerId: BrokerId;
  readonly clusterId: ClusterId;
  readonly bootId: BootId;
  readonly topics = new Topics();
  readonly lifecycle: TopicLifecycle;
  readonly producing: Producing;
  readonly fetching: Fetching;
  readonly produceBudget: ByteBudget;
  readonly directory: LogDirectory;
  readonly #options: EngineOptions;
  #retentionTimer: TimerHandle | undefined;
  #failure: MillraceError | undefined;
  #ready = false;

  private constructor(options: EngineOptions, clusterId: ClusterId) {
    const { brokerId, directory, store, clock, random, logger, topicDefaults } = options;
    this.#options = options;
    this.brokerId = brokerId;
    this.clusterId = clusterId;
    this.bootId = directory.bootId;
    this.directory = directory;
    this.produceBudget = new ByteBudget(options.produceBytesMax);
    this.producing = new Producing(this.topics, directory, clock, random);
    this.fetching = new Fetching(this.topics, clock);
    this.lifecycle = new TopicLifecycle({
      catalog: new Catalog(store, clusterId),
      directory,
      topics: this.topics,
      random,
      logger,
      brokerId,
      bootId: directory.bootId,
      defaults: topicDefaults,
    });
    directory.onFailed((error) => {
      this.#failure = error;
    });
  }

  /** Resolves once every partition that can serve does. */
  static async start(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options, options.directory.clusterId);
    await engine.lifecycle.boot();
    engine.#reportUnknownTopics();
    engine.#scheduleRetention();
    engine.#ready = true;
    return engine;
  }

  /** On the disk of the log. */
  get freeBytes(): number {
    return this.#options.freeBytes();
  }

  /** Why it can't serve at all; undefined while it can. */
  get unready(): MillraceError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    return this.#ready ? undefined : millraceError('SHUTTING_DOWN', 'the broker is stopping');
  }

  /** Refuses new work; what was begun is synced, then the directory is closed with its marker. */
  async stop(): Promise<void> {
    this.#ready = false;
    this.#retentionTimer?.cancel();
    // The directory's own close syncs what was appended and acknowledges it: partitions close after it.
    await this.directory.close();
    const stopping = millraceError('SHUTTING_DOWN', 'the broker is stopping');
    for (const topic of this.topics.all()) {
      for (const partition of topic.partitions) partition.close(stopping);
    }
  }

  #reportUnknownTopics(): void {
    const unknown = new Set<string>();
    for (const log of this.directory.all()) {
      if (!this.topics.has(log.topicId)) unknown.add(log.topicId);
    }
    if (unknown.size === 0) return;
    this.#options.logger.warn('data of topics that the cluster store does not know is kept', {
      topicIds: [...unknown],
    });
  }

  #scheduleRetention(): void {
    const { clock, retentionCheckMs, logger } = this.#options;
    this.#retentionTimer = clock.setTimer(retentionCheckMs, () => {
      const pass = this.#enforceRetention();
      pass
        .catch((error: unknown) => logger.error('retention failed', { cause: String(error) }))
        .finally(() => {
          if (this.#ready) this.#scheduleRetention();
        });
    });
  }

  async #enforceRetention(): Promise<void> {
    for (const topic of this.topics.all()) {
      for (const partition of topic.partitions) {
        if (!this.#ready) return;
        if (partition.offline === undefined) await this.directory.enforceRetention(partition.log);
      }
    }
  }
}

/** The id of the cluster of this store: the one it has, else that of the data directory, else a new one. */
export async function joinCluster(
  store: ClusterStore,
  ofDirectory: ClusterId | undefined,
  random: Random,
): Promise<ClusterId> {
  const found = await store.get('ClusterState', CLUSTER_STATE_NAME);
  if (found !== undefined) return found.spec.clusterId;
  const clusterId = ofDirectory ?? newClusterId(random.bytes(16));
  try {
    await store.create([
      {
        kind: 'ClusterState',
        name: CLUSTER_STATE_NAME,
        spec: { clusterId, featureLevel: FEATURE_LEVEL },
        status: { featureLevel: FEATURE_LEVEL, producerIdNext: 0 },
      },
    ]);
  } catch (error) {
    // Brokers of a new cluster start together: one of them names it.
    const first = await store.get('ClusterState', CLUSTER_STATE_NAME);
    if (first === undefined) throw error;
    return first.spec.clusterId;
  }
  return clusterId;
}
