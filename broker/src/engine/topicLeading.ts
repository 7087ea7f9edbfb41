/**
 * Partitions of topics from the catalog to service: copies on disk, a leader epoch of this boot in the store, and led
 * again after a failed write has ended an epoch. Every step can be repeated.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, TopicId } from '@millrace/core/ids';
import { resolveTopicConfig, type TopicConfig } from '@millrace/core/topicConfig';
import { isInternalTopicName, topicCollisionKey } from '@millrace/core/topicName';
import type { Catalog, CatalogTopic } from '../controller/catalog.ts';
import { type Decision, elect } from '../controller/firstElection.ts';
import type { Logger } from '../io/logger.ts';
import type { LogConfig } from '../log/logConfig.ts';
import type { CopySpec, LogDirectory } from '../log/logDirectory.ts';
import type { PartitionLog } from '../log/partitionLog.ts';
import { Partition } from '../replication/partition.ts';
import type { KeyedLock } from './keyedLock.ts';
import { changedStatus, partitionsOf } from './placedPartitions.ts';
import type { Topics } from './topics.ts';

export interface TopicLeadingParts {
  readonly catalog: Catalog;
  readonly directory: LogDirectory;
  readonly topics: Topics;
  readonly logger: Logger;
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
}

export class TopicLeading {
  readonly #parts: TopicLeadingParts;
  readonly #lock: KeyedLock;

  /** `lock`, by collision key of the name, orders it with what else concerns the topic. */
  constructor(parts: TopicLeadingParts, lock: KeyedLock) {
    this.#parts = parts;
    this.#lock = lock;
  }

  /** Copies on disk, a leader epoch of this boot in the store, partitions that serve: for what has none yet. */
  async bringUp(entries: readonly CatalogTopic[]): Promise<void> {
    for (const entry of entries) await this.prepare(entry);
    const decided = entries.map((entry) => ({ entry, decisions: this.#decide(entry) }));
    await this.#parts.catalog.putStatuses(
      decided.flatMap(({ entry, decisions }) =>
        entry.assignments.flatMap((assignment, chunk) =>
          changedStatus(assignment, chunk, decisions),
        ),
      ),
      0,
    );
    for (const { entry, decisions } of decided) this.#serve(entry, decisions);
  }

  /** Its copies are there and have its configuration: what a crash, or a full disk, left undone is done. */
  async prepare(entry: CatalogTopic): Promise<void> {
    const { directory } = this.#parts;
    const { topicId, name: topicName } = entry;
    const config = configOf(entry);
    const missing: CopySpec[] = [];
    const lost: CopySpec[] = [];
    for (const { partition, initialized } of partitionsOf(entry)) {
      const log = directory.get(topicId, partition);
      if (log !== undefined) {
        if (log.failure === undefined && !hasConfig(log, config)) {
          await directory.changeConfig(log, config);
        }
        continue;
      }
      (initialized ? lost : missing).push({ topicId, topicName, partition, config });
    }
    if (missing.length > 0) await directory.createCopies(missing);
    for (const spec of lost) await this.#replace(spec);
  }

  /**
   * The copy of an initialized partition is not there. An empty one under a new copyId takes its place: no election
   * makes it the leader of an `fsync` partition (safety.md, rules 6, 12). Not where segments lie that can't be opened.
   */
  async #replace(spec: CopySpec): Promise<void> {
    const { directory, logger } = this.#parts;
    const { topicId, topicName, partition } = spec;
    try {
      await directory.createCopies([spec]);
    } catch (error) {
      const cause = toMillraceError(error).message;
      logger.error('a copy can be neither opened nor replaced', {
        topicId,
        topicName,
        partition,
        cause,
      });
    }
  }

  /** By partition; undefined where it serves already, or where there is no copy to serve it. */
  #decide(entry: CatalogTopic): (Decision | undefined)[] {
    const { directory, topics, brokerId, bootId } = this.#parts;
    const served = topics.byName(entry.name)?.partitions ?? [];
    const { durability } = configOf(entry);
    return partitionsOf(entry).map(({ partition, status }) => {
      if (served[partition] !== undefined) return undefined;
      const log = directory.get(entry.topicId, partition);
      if (log === undefined) return undefined;
      const { copyId, lastEpoch } = log;
      return elect(partition, status, { brokerId, bootId, copyId, lastEpoch, durability }, 1);
    });
  }

  #serve(entry: CatalogTopic, decisions: readonly (Decision | undefined)[]): void {
    const { topics, directory, logger } = this.#parts;
    const spec = entry.topic?.spec;
    const served = topics.byName(entry.name)?.partitions ?? [];
    const partitions = partitionsOf(entry).map(({ partition }) => {
      const before = served[partition];
      if (before !== undefined) return before;
      const identity = { topicId: entry.topicId, topicName: entry.name, partition };
      const lost = lostCopy(entry.name, partition);
      const log =
        directory.get(entry.topicId, partition) ??
        directory.absentCopy({ ...identity, config: configOf(entry) }, lost);
      const fresh = new Partition(identity, log);
      const decision = decisions[partition];
      if (decision === undefined || decision.elected === 'none') {
        fresh.takeOffline(lost);
        logger.error('a partition stays offline: its copy lost acknowledged records', identity);
      } else {
        if (decision.elected === 'unclean')
          logger.warn('unclean election of an async copy', identity);
        fresh.lead(decision.status.leaderEpoch);
      }
      fresh.onEpochLost = (error) => this.#regain(entry.topicId, fresh, error);
      return fresh;
    });
    topics.put({
      topicId: entry.topicId,
      name: entry.name,
      internal: isInternalTopicName(entry.name),
      config: configOf(entry),
      configSet: spec?.config ?? {},
      replicationFactor: spec?.replicationFactor ?? 1,
      partitions,
    });
  }

  /** A failed segment write has ended the epoch: lead again in a new one, once the store has it. */
  #regain(topicId: TopicId, partition: Partition, cause: MillraceError): void {
    const { logger } = this.#parts;
    const { identity } = partition;
    logger.warn('a write failed and was cut back', { ...identity, cause: cause.message });
    const task = this.#lock.run(topicCollisionKey(identity.topicName), async () => {
      const { catalog, brokerId, bootId } = this.#parts;
      const entry = catalog.get(topicId);
      const status = partitionsOf(entry)[identity.partition]?.status;
      const { copyId, lastEpoch, config } = partition.log;
      const candidate = { brokerId, bootId, copyId, lastEpoch, durability: config.durability };
      const decision = elect(identity.partition, status, candidate, 1);
      const decisions = partitionsOf(entry).map((placed) =>
        placed.partition === identity.partition ? decision : undefined,
      );
      await catalog.putStatuses(
        entry.assignments.flatMap((assignment, chunk) =>
          changedStatus(assignment, chunk, decisions),
        ),
        0,
      );
      partition.lead(decision.status.leaderEpoch);
    });
    task.catch((error: unknown) => {
      logger.error('no new leader epoch', { ...identity, cause: toMillraceError(error).message });
    });
  }
}

function configOf(entry: CatalogTopic): TopicConfig {
  return resolveTopicConfig(entry.assignments[0]?.spec.config ?? {});
}

function lostCopy(name: string, partition: number): MillraceError {
  return millraceError(
    'PARTITION_OFFLINE',
    `${name}/${partition}: its only copy is gone, unreadable or lost acknowledged records; what the topic's other ` +
      'partitions hold can be read; delete the topic and create it again to go on without the rest',
  );
}

/** Of what its log acts on. */
function hasConfig({ config }: PartitionLog, wanted: LogConfig): boolean {
  return (
    config.durability === wanted.durability &&
    config.cleanupPolicy === wanted.cleanupPolicy &&
    config.batchBytesMax === wanted.batchBytesMax &&
    config.segmentBytesMax === wanted.segmentBytesMax &&
    config.segmentMsMax === wanted.segmentMsMax &&
    config.indexIntervalBytes === wanted.indexIntervalBytes &&
    config.retentionMs === wanted.retentionMs &&
    config.retentionBytes === wanted.retentionBytes
  );
}
