import { millraceError } from '@millrace/core/errors';
import { INT32_MAX, type BrokerId, type TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { BrokerMetadata, TopicMetadata } from '../../../src/cluster/metadata.ts';
import type { PeerAddress, PeerStream } from '../../../src/cluster/peerTransport.ts';
import type {
  CopyReport,
  CreateCopy,
  IsrProposal,
  ProposalAnswer,
  SessionDown,
  SessionUp,
} from '../../../src/cluster/sessionMessages.ts';
import type { Controller } from '../../../src/controller/controller.ts';
import { resetCopy } from '../../../src/log/copyReset.ts';
import type { LogDirectory } from '../../../src/log/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partitionLog.ts';
import { Partition } from '../../../src/replication/partition.ts';
import type { CopyLoss, Replication } from '../../../src/replication/replication.ts';
import type { MemberParts } from './member.ts';

export interface SessionParts extends MemberParts {
  readonly directory: LogDirectory;
  readonly controller: Controller;
  readonly replication: () => Replication;
}

type Key = string;

/** Stands in for broker/src/cluster: a session with the controller, and what it says applied to the copies here. */
export class MemberSession {
  readonly #parts: SessionParts;
  readonly #partitions = new Map<Key, Partition>();
  readonly #statuses = new Map<Key, PartitionStatus>();
  readonly #topics = new Map<TopicId, TopicMetadata>();
  #brokers: readonly BrokerMetadata[] = [];
  #controllerEpoch = 0;
  #seq = 0;
  #stream: PeerStream<SessionUp, SessionDown> | undefined;
  #isStopping = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    for (const log of parts.directory.all()) this.#add(log);
    parts.controller.onHolderChanged = () => this.#reconnect();
  }

  start(): void {
    this.#reconnect();
    this.#beat();
  }

  partitions(): Iterable<Partition> {
    return this.#partitions.values();
  }

  partition(topicId: TopicId, partition: number): Partition | undefined {
    return this.#partitions.get(`${topicId}/${partition}`);
  }

  addressOf(brokerId: BrokerId): PeerAddress | undefined {
    const broker = this.#brokers.find((each) => each.brokerId === brokerId && !each.fenced);
    return broker?.endpoints.find(({ listener }) => listener === 'peer-data');
  }

  async propose(changes: readonly IsrProposal[]): Promise<readonly ProposalAnswer[]> {
    const { controller, transport, brokerId, directory } = this.#parts;
    const { holder } = controller;
    if (holder === undefined) throw millraceError('NOT_CONTROLLER', 'there is no controller');
    const request = { brokerId, bootId: directory.bootId, changes };
    return (await transport.controller(holder.address).alterPartitions(request)).answers;
  }

  /** Leaderships and memberships go first (rule 10). */
  async leave(): Promise<void> {
    this.#isStopping = true;
    this.#stream?.send({ kind: 'stopping' });
    const { clock } = this.#parts;
    for (let tries = 0; tries < 100 && this.#isNeeded(); tries++) {
      await new Promise<void>((resolve) => clock.setTimer(50, resolve));
    }
    this.#stream?.close();
  }

  #isNeeded(): boolean {
    return [...this.#partitions.values()].some(
      ({ status, copyName, role }) => role === 'leader' || status?.isr.includes(copyName) === true,
    );
  }

  #reconnect(): void {
    const { controller, transport, brokerId, directory, world, address } = this.#parts;
    this.#stream?.close();
    this.#stream = undefined;
    const { holder } = controller;
    if (holder === undefined || this.#isStopping) return;
    const stream = transport.session(holder.address);
    this.#stream = stream;
    stream.onMessage((message) => this.#take(stream, message));
    stream.onClosed(() => this.#lost(stream));
    const at = { protocol: 'grpc', ...address, tls: false };
    stream.send({
      kind: 'register',
      brokerId,
      bootId: directory.bootId,
      clusterId: world.clusterId,
      endpoints: [
        { listener: 'peer', ...at },
        { listener: 'peer-data', ...at },
      ],
      rack: '',
      features: { min: 1, max: 1 },
      controllerEpoch: this.#controllerEpoch,
      copies: [...this.#partitions.values()].map((partition) => this.#report(partition)),
      complete: true,
    });
  }

  #lost(stream: PeerStream<SessionUp, SessionDown>): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    this.#parts.controller.holderLost();
    this.#parts.clock.setTimer(50, () => {
      if (this.#stream === undefined) this.#reconnect();
    });
  }

  #beat(): void {
    const { clock, directory } = this.#parts;
    const { bootId } = directory;
    this.#stream?.send({
      kind: 'heartbeat',
      bootId,
      metadataSeq: this.#seq,
      loopLagP99Ms: 0,
      diskState: 'ok',
    });
    clock.setTimer(200, () => this.#beat());
  }

  #take(stream: PeerStream<SessionUp, SessionDown>, message: SessionDown): void {
    if (stream !== this.#stream) return;
    switch (message.kind) {
      case 'image':
        this.#controllerEpoch = message.image.controllerEpoch;
        this.#seq = message.image.seq;
        this.#brokers = message.image.brokers;
        for (const topic of message.image.topics) this.#applyTopic(topic);
        this.#parts.replication().brokersChanged();
        return;
      case 'delta':
        return this.#applyDelta(stream, message.delta);
      case 'createCopies':
        return this.#run(stream, this.#create(message.copies), 'create copies');
      case 'reportCopies':
        return this.#run(stream, this.#adopt(message.copies), 'adopt epochs');
      case 'fenced':
        if (message.reason === 'newer-boot') this.#parts.onFatal(message.error);
        return;
    }
  }

  #applyDelta(
    stream: PeerStream<SessionUp, SessionDown>,
    delta: Extract<SessionDown, { kind: 'delta' }>['delta'],
  ): void {
    if (delta.controllerEpoch !== this.#controllerEpoch || delta.seq !== this.#seq + 1) {
      stream.close();
      return this.#lost(stream);
    }
    this.#seq = delta.seq;
    const changed = new Map(this.#brokers.map((broker) => [broker.brokerId, broker]));
    for (const broker of delta.brokers) changed.set(broker.brokerId, broker);
    this.#brokers = [...changed.values()];
    for (const topic of delta.topics) this.#applyTopic(topic);
    if (delta.brokers.length > 0) this.#parts.replication().brokersChanged();
  }

  #applyTopic(topic: TopicMetadata): void {
    this.#topics.set(topic.topicId, topic);
    const { directory } = this.#parts;
    if (topic.deleted) {
      const stream = this.#stream;
      const gone = this.#dropTopic(topic.topicId).then(() =>
        stream?.send({ kind: 'deleted', topicId: topic.topicId }),
      );
      return this.#run(stream, gone, 'delete a topic');
    }
    for (const status of topic.partitions) {
      const key = `${topic.topicId}/${status.p}`;
      const known = this.#statuses.get(key);
      if (known !== undefined && known.epoch >= status.epoch) continue;
      this.#statuses.set(key, status);
      this.#apply(key);
      const log = directory.get(topic.topicId, status.p);
      const isHere = [...status.replicas, ...status.adding].includes(this.#parts.brokerId);
      if (log !== undefined && !isHere) this.#run(undefined, this.#drop(key, log), 'drop a copy');
      if (log === undefined && isHere && status.initialized) this.#createMissing(topic, status.p);
    }
  }

  #apply(key: Key): void {
    const partition = this.#partitions.get(key);
    const status = this.#statuses.get(key);
    if (partition === undefined || status?.initialized !== true) return;
    this.#parts.replication().apply(partition, status);
  }

  async #create(copies: readonly CreateCopy[]): Promise<Partition[]> {
    const { directory } = this.#parts;
    const specs = copies.map(({ topicId, topicName, partition, config }) => {
      return { topicId, topicName, partition, config: resolveTopicConfig(config) };
    });
    const logs = await directory.createCopies(specs);
    return logs.map((log) => {
      const known = this.partition(log.topicId, log.partition);
      return known?.log === log ? known : this.#add(log);
    });
  }

  /** Of a partition that others serve: this broker is new to it, or its disk is. */
  #createMissing({ topicId, name, config }: TopicMetadata, partition: number): void {
    const created = this.#create([{ topicId, topicName: name, partition, config }]);
    this.#run(this.#stream, created, 'create a missing copy');
  }

  async #adopt(
    copies: readonly { topicId: TopicId; partition: number; epoch: number }[],
  ): Promise<Partition[]> {
    const adopted: Partition[] = [];
    for (const { topicId, partition, epoch } of copies) {
      const found = this.partition(topicId, partition);
      if (found === undefined) continue;
      await found.adoptEpoch(epoch);
      adopted.push(found);
    }
    return adopted;
  }

  async #drop(key: Key, log: PartitionLog): Promise<void> {
    const partition = this.#partitions.get(key);
    this.#partitions.delete(key);
    if (partition !== undefined) this.#remove(partition, 'has no replica here');
    await this.#parts.directory.deleteCopies([log]);
  }

  async #dropTopic(topicId: TopicId): Promise<void> {
    for (const [key, partition] of this.#partitions) {
      if (partition.identity.topicId !== topicId) continue;
      this.#partitions.delete(key);
      this.#remove(partition, 'is deleted');
    }
    await this.#parts.directory.deleteTopic(topicId);
  }

  copyLost(partition: Partition, why: CopyLoss): void {
    const { topicId, partition: number } = partition.identity;
    this.#partitions.delete(`${topicId}/${number}`);
    this.#remove(partition, `starts anew: ${why.kind}`);
    const start = why.kind === 'reset' ? why.logStart : (0 as typeof partition.highWatermark);
    const reset = resetCopy(this.#parts.directory, partition.log, start);
    this.#run(
      this.#stream,
      reset.then((log) => [this.#add(log)]),
      'start a copy anew',
    );
  }

  #remove(partition: Partition, why: string): void {
    this.#parts.replication().remove(partition);
    partition.close(millraceError('UNKNOWN_PARTITION', `${partition.name} ${why}`));
  }

  #add(log: PartitionLog): Partition {
    const { topicId, partition } = log;
    const { topicName } = this.#parts.directory.copyFacts(log);
    const replication = this.#parts.replication();
    const added = new Partition({ topicId, topicName, partition }, log, replication.host);
    added.onEpochLost = () => {
      const { leaderEpoch } = added;
      this.#stream?.send({ kind: 'resigned', topicId, partition, leaderEpoch });
    };
    this.#partitions.set(`${topicId}/${partition}`, added);
    replication.add(added);
    this.#apply(`${topicId}/${partition}`);
    return added;
  }

  /** What it gives is reported. */
  #run(
    stream: PeerStream<SessionUp, SessionDown> | undefined,
    work: Promise<unknown>,
    what: string,
  ): void {
    work.then(
      (copies) => {
        if (!Array.isArray(copies) || copies.length === 0) return;
        const reports = (copies as Partition[]).map((partition) => this.#report(partition));
        stream?.send({ kind: 'copies', copies: reports, complete: true });
      },
      (error: unknown) =>
        this.#parts.world.transcript.note(this.#parts.name, `${what}: ${String(error)}`),
    );
  }

  #report({ log, identity, adoptedEpoch, status }: Partition): CopyReport {
    const facts = this.#parts.directory.copyFacts(log);
    const minIsr = facts.minIsr ?? null;
    return {
      topicId: identity.topicId,
      partition: Math.min(identity.partition, INT32_MAX),
      copyId: log.copyId,
      lastEpoch: log.lastEpoch,
      adoptedEpoch,
      seenLeaderEpoch: status?.leaderEpoch ?? -1,
      seenEpoch: status?.epoch ?? -1,
      durableEnd: log.durableEndOffset,
      wasIsr: facts.wasIsr,
      minIsr,
    };
  }
}
