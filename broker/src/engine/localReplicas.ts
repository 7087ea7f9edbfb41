/**
 * The copies of this broker, kept as the metadata says: created, given roles, configured, deleted. Roles are taken within
 * the call that brings the metadata; what needs the disk is queued, one thing after the other, and repeated until it is
 * done or no longer wanted.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { type BrokerId, type TopicId, toOffset } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { MetadataImage, TopicMetadata } from '../cluster/metadata.ts';
import type { MetadataCache, MetadataChange } from '../cluster/metadataCache.ts';
import type { CopyReport, CreateCopy, Resignation } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import { resetCopy } from '../log/copies/copyReset.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import { Partition } from '../replication/partition.ts';
import type { CopyLoss, Replication } from '../replication/replication.ts';
import { CopyReports } from './copyReports.ts';
import { hasConfig, resolvedConfig, toCopySpec } from './logConfigs.ts';
import { partitionKey } from './partitionKey.ts';
import { DiskWork } from './diskWork.ts';
import type { EngineRulesOff } from './engineRules.ts';
import { LocalDeletion } from './localDeletion.ts';
import { servedTopic } from './servedTopic.ts';
import type { Topics } from './topics.ts';

export interface LocalReplicasParts {
  readonly brokerId: BrokerId;
  readonly directory: LogDirectory;
  readonly topics: Topics;
  readonly cache: MetadataCache;
  /** What this broker knew of the cluster before this boot: a rewound store is told by it (rule 9). */
  readonly cached: MetadataImage | undefined;
  readonly replication: Replication;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rulesOff?: EngineRulesOff;
  /** To the controller; lost without a session, and told again by the next registration. */
  readonly tell: {
    copies(copies: readonly CopyReport[]): void;
    copyFailed(topicId: TopicId, partition: number, error: MillraceError): void;
    deleted(topicId: TopicId): void;
    resigned(resignation: Resignation): void;
  };
}

export class LocalReplicas {
  readonly cached: MetadataImage | undefined;
  readonly #parts: LocalReplicasParts;
  readonly #partitions = new Map<string, Partition>();
  readonly #work: DiskWork;
  readonly #deletion: LocalDeletion;
  readonly #reports: CopyReports;

  constructor(parts: LocalReplicasParts) {
    this.#parts = parts;
    const { directory, cached } = parts;
    this.cached = cached;
    const statusOf = (topicId: TopicId, partition: number) =>
      this.#partitions.get(partitionKey(topicId, partition))?.status;
    this.#reports = new CopyReports(directory, statusOf, cached);
    this.#work = new DiskWork(parts.clock, parts.logger);
    const { brokerId, cache, logger, rulesOff, tell } = parts;
    this.#deletion = new LocalDeletion({
      brokerId,
      directory,
      cache,
      work: this.#work,
      logger,
      rulesOff,
      deleted: (topicId) => tell.deleted(topicId),
      dropped: (topicId) => this.#applyTo(topicId),
    });
  }

  /** Every partition with a copy here that the metadata knows. */
  all(): Iterable<Partition> {
    return this.#partitions.values();
  }

  reports(): CopyReport[] {
    return [...this.#parts.directory.all()].map((log) => this.#reports.of(log));
  }

  metadataChanged({ topics, gone }: MetadataChange): void {
    for (const topic of gone) this.#forget(topic);
    for (const topic of topics) {
      if (topic.deleted) this.#delete(topic);
      else this.#keep(topic);
    }
  }

  /** By a cached image, which is not the controller's word: nothing is created, deleted or configured (rules 19, 25). */
  follow(topics: readonly TopicMetadata[]): void {
    const { brokerId, directory, replication } = this.#parts;
    for (const topic of topics) {
      if (topic.deleted) continue;
      for (const status of topic.partitions) {
        const log = directory.get(topic.topicId, status.p);
        const isHere = status.replicas.includes(brokerId) || status.adding.includes(brokerId);
        if (log !== undefined && isHere) replication.apply(this.#serve(topic, log), status);
      }
      this.#publish(topic);
    }
  }

  /** Rule 22: empty copies, durable before they are reported. */
  createCopies(copies: readonly CreateCopy[]): void {
    this.#create(copies);
  }

  /** Rule 9: the epoch is durable before the answer, so that older leaders stay dead to the copy over a restart. */
  reportCopies(
    asked: readonly { topicId: TopicId; partition: number; readonly epoch: number }[],
  ): void {
    const { directory, tell } = this.#parts;
    this.#work.add('report', async () => {
      const reported: PartitionLog[] = [];
      for (const { topicId, partition, epoch } of asked) {
        const log = directory.get(topicId, partition);
        if (log === undefined) continue;
        await this.#adopt(log, epoch);
        reported.push(log);
      }
      // Read after all are adopted: nothing of an older leader counts any more.
      tell.copies(reported.map((log) => this.#reports.of(log)));
      return 'done';
    });
  }

  /** The copy can't prove that it holds what it acknowledged, or has to start anew: it gets another id (rules 6, 12, 23). */
  copyLost(lost: Partition, why: CopyLoss): void {
    const { directory, tell, logger } = this.#parts;
    const { topicId, partition } = lost.identity;
    logger.warn('a copy starts anew', { ...lost.identity, why: why.kind });
    this.#retire(lost, millraceError('LOADING', `${lost.name} starts anew on this broker`));
    this.#work.add(`mint ${lost.name}`, async () => {
      if (directory.get(topicId, partition) !== lost.log) return 'done';
      const start = why.kind === 'reset' ? why.logStart : toOffset(0);
      const log = await resetCopy(directory, lost.log, start);
      tell.copies([this.#reports.of(log)]);
      this.#applyTo(topicId);
      return 'done';
    });
  }

  /** Refuses what comes; resolves once nothing of it touches the disk any more. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  close(error: MillraceError): void {
    for (const partition of this.#partitions.values()) partition.close(error);
  }

  #keep(topic: TopicMetadata): void {
    const missing: CreateCopy[] = [];
    for (const status of topic.partitions) this.#keepPartition(topic, status, missing);
    this.#create(missing);
    this.#publish(topic);
  }

  #publish(topic: TopicMetadata): void {
    const partitionOf = (p: number) => this.#partitions.get(partitionKey(topic.topicId, p));
    this.#parts.topics.put(servedTopic(topic, partitionOf));
  }

  #keepPartition(topic: TopicMetadata, status: PartitionStatus, missing: CreateCopy[]): void {
    const { brokerId, directory, replication } = this.#parts;
    const { topicId, name: topicName, config } = topic;
    const partition = status.p;
    const key = partitionKey(topicId, partition);
    if (!status.replicas.includes(brokerId) && !status.adding.includes(brokerId)) {
      this.#dropMoved(topic, status);
      return;
    }
    let served = this.#partitions.get(key);
    const log = directory.get(topicId, partition);
    if (served !== undefined && served.log !== log) {
      // States that came while its copy was deleted or replaced found the one before.
      this.#retire(served, millraceError('LOADING', `${served.name} has another copy`));
      served = undefined;
    }
    if (served === undefined) {
      if (log === undefined) {
        // A first copy is asked for by createCopies (rule 22); any other starts empty and is no member of the ISR.
        if (status.initialized) missing.push({ topicId, topicName, partition, config });
        return;
      }
      served = this.#serve(topic, log);
    }
    replication.apply(served, status);
    // Its copy may have been given up with it.
    if (this.#partitions.get(key) !== served) return;
    if (served.log.failure === undefined && !hasConfig(served.log, resolvedConfig(config))) {
      this.#configure(topicId, served);
    }
  }

  #serve({ topicId, name }: TopicMetadata, log: PartitionLog): Partition {
    const { partition } = log;
    const identity = { topicId, topicName: name, partition };
    const served = new Partition(identity, log, this.#parts.replication.host);
    served.onEpochLost = (error) => this.#epochLost(served, error);
    this.#partitions.set(partitionKey(topicId, partition), served);
    this.#parts.replication.add(served);
    return served;
  }

  /** All at once, so that they share syncs and one line file (checkpointer.ts). */
  #create(copies: readonly CreateCopy[]): void {
    const { directory, cache, tell, logger } = this.#parts;
    const first = copies[0];
    if (first === undefined) return;
    const name = `create ${first.topicName}/${first.partition} and ${copies.length - 1} more`;
    let isFirst = true;
    this.#work.add(name, async () => {
      // The first order for a topic may come before its metadata; what is tried again is still wanted only if that came.
      const isOrder = isFirst;
      isFirst = false;
      const isWanted = ({ topicId }: CreateCopy): boolean =>
        isOrder ? cache.topic(topicId)?.deleted !== true : cache.topic(topicId)?.deleted === false;
      const wanted = copies.filter(isWanted);
      for (const copy of copies) {
        if (!isWanted(copy)) await this.#deletion.removeUnfinished(copy.topicId);
      }
      const missing = wanted.filter(
        (copy) => directory.get(copy.topicId, copy.partition) === undefined,
      );
      const fresh = missing.map(({ topicId }) => topicId).filter((id) => directory.lacksTopic(id));
      let failure: MillraceError | undefined;
      try {
        await directory.createCopies(missing.map(toCopySpec));
      } catch (error) {
        failure = toMillraceError(error);
        this.#deletion.unfinished(fresh);
        logger.error('copies are not created', { name, cause: failure.message });
      }
      const logs: PartitionLog[] = [];
      const topics = new Set<TopicId>();
      for (const { topicId, partition } of wanted) {
        topics.add(topicId);
        const log = directory.get(topicId, partition);
        if (log !== undefined) {
          this.#deletion.finished(topicId);
          logs.push(log);
        } else if (failure !== undefined) tell.copyFailed(topicId, partition, failure);
      }
      tell.copies(logs.map((log) => this.#reports.of(log)));
      // It would order the same copies again at once, and for ever.
      if (failure !== undefined) return 'retry';
      // Metadata that came meanwhile has found no copy.
      for (const topicId of topics) this.#applyTo(topicId);
      return 'done';
    });
  }

  #configure(topicId: TopicId, partition: Partition): void {
    const { directory, cache } = this.#parts;
    this.#work.add(`configure ${partition.name}`, async () => {
      const topic = cache.topic(topicId);
      const { log } = partition;
      if (topic === undefined || topic.deleted || log.failure !== undefined) return 'done';
      const wanted = resolvedConfig(topic.config);
      if (!hasConfig(log, wanted)) await directory.changeConfig(log, wanted);
      return 'done';
    });
  }

  /** A failed segment write was cut back: nothing more in this epoch (rule 2). */
  #epochLost(partition: Partition, cause: MillraceError): void {
    const { tell, logger, clock } = this.#parts;
    const { topicId, partition: number } = partition.identity;
    const { leaderEpoch } = partition;
    logger.warn('a write failed and was cut back', { ...partition.identity, cause: cause.message });
    const resign = (): void => {
      if (partition.leaderEpoch > leaderEpoch || !this.#serves(partition)) return;
      tell.resigned({ topicId, partition: number, leaderEpoch, isDamaged: false });
      clock.setTimer(1000, resign);
    };
    resign();
  }

  /** The tombstone (rule 25). */
  #delete(topic: TopicMetadata): void {
    const { topics } = this.#parts;
    const served = topics.byId(topic.topicId);
    if (served !== undefined) topics.remove(served);
    this.#close(topic, millraceError('UNKNOWN_TOPIC', `topic ${topic.name} was deleted`));
    this.#deletion.tombstone(topic);
  }

  /** Not in the store any more (rule 25). */
  #forget(topic: TopicMetadata): void {
    const { topics } = this.#parts;
    const served = topics.byId(topic.topicId);
    if (served !== undefined) topics.remove(served);
    this.#close(topic, millraceError('UNKNOWN_TOPIC', `topic ${topic.name} is not known any more`));
    this.#deletion.forget(topic);
  }

  #close({ topicId, partitions }: TopicMetadata, error: MillraceError): void {
    for (const { p } of partitions) {
      const partition = this.#partitions.get(partitionKey(topicId, p));
      if (partition !== undefined) this.#retire(partition, error);
    }
  }

  #retire(partition: Partition, error: MillraceError): void {
    const { topicId, partition: number } = partition.identity;
    this.#partitions.delete(partitionKey(topicId, number));
    this.#parts.replication.remove(partition);
    partition.close(error);
  }

  /** Moved to other brokers: the copy goes once the reassignment is complete (rule 25). */
  #dropMoved(topic: TopicMetadata, status: PartitionStatus): void {
    const log = this.#parts.directory.get(topic.topicId, status.p);
    if (log === undefined || !this.#deletion.isComplete(status)) return;
    const partition = this.#partitions.get(partitionKey(topic.topicId, status.p));
    if (partition !== undefined) {
      this.#retire(partition, millraceError('NOT_LEADER', `${partition.name} has moved away`));
    }
    this.#deletion.drop(topic, status.p, log);
  }

  #serves(partition: Partition): boolean {
    const { topicId, partition: number } = partition.identity;
    return this.#partitions.get(partitionKey(topicId, number)) === partition;
  }

  #applyTo(topicId: TopicId): void {
    const topic = this.#parts.cache.topic(topicId);
    if (topic !== undefined && !topic.deleted) this.#keep(topic);
  }

  /** A partition that serves stops to at once: an older leader must not go on being acknowledged (rule 9). */
  async #adopt(log: PartitionLog, epoch: number): Promise<void> {
    const { directory } = this.#parts;
    const served = this.#partitions.get(partitionKey(log.topicId, log.partition));
    if (served !== undefined) return await served.adoptEpoch(epoch);
    const adoptedEpoch = Math.max(epoch, directory.copyFacts(log).adoptedEpoch);
    await directory.saveCopyFacts(log, { adoptedEpoch });
  }
}
