import { millraceError } from '@millrace/core/errors';
import { type BootId, type BrokerId, newCopyId, type TopicId, toOffset } from '@millrace/core/ids';
import { copyName, type PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { MetadataDelta, TopicDelta } from '../../src/cluster/metadata.ts';
import type { PeerAddress, PeerStream, PeerTransport } from '../../src/cluster/peerTransport.ts';
import type {
  CopyReport,
  IsrProposal,
  ProposalAnswer,
  SessionDown,
  SessionUp,
} from '../../src/cluster/sessionMessages.ts';
import type { Controller } from '../../src/controller/controller.ts';
import type { Clock } from '../../src/io/clock.ts';
import type { Random } from '../../src/io/random.ts';
import { CLUSTER_ID } from '../store/storedExamples.ts';

/** What survives a process: the copies on its disk. */
export interface FakeDisk {
  readonly copies: Map<string, CopyReport>;
}

export interface FakeBrokerParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly address: PeerAddress;
  readonly rack: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: PeerTransport;
  readonly controller: Controller;
  readonly disk: FakeDisk;
}

/** The broker side of a session, with copies that are lines of text: what the engine does, without data. */
export class FakeBroker {
  readonly parts: FakeBrokerParts;
  readonly statuses = new Map<string, PartitionStatus>();
  readonly topics = new Map<TopicId, TopicDelta>();
  readonly received: SessionDown[] = [];
  fenced: string | undefined;
  /** Copies can't be created. */
  isDiskFull = false;
  /** Copies are created only while it is not. */
  isSlow = false;
  /** It answers nobody. */
  isSilent = false;
  #stream: PeerStream<SessionUp, SessionDown> | undefined;
  #controllerEpoch = 0;
  #seq = -1;

  constructor(parts: FakeBrokerParts) {
    this.parts = parts;
    parts.controller.onHolderChanged = () => this.connect();
    this.#beat();
  }

  get isRegistered(): boolean {
    return this.#stream !== undefined && this.#seq >= 0;
  }

  send(message: SessionUp): void {
    this.#stream?.send(message);
  }

  connect(over: Partial<Extract<SessionUp, { kind: 'register' }>> = {}): void {
    const { controller, transport, brokerId, bootId, address, rack, disk } = this.parts;
    this.#stream?.close();
    this.#stream = undefined;
    this.#seq = -1;
    const { holder } = controller;
    if (holder === undefined || this.fenced !== undefined) return;
    const stream = transport.session(holder.address);
    this.#stream = stream;
    stream.onMessage((message) => {
      if (stream === this.#stream) this.#take(message);
    });
    stream.onClosed(() => this.#lost(stream));
    stream.send({
      kind: 'register',
      brokerId,
      bootId,
      clusterId: CLUSTER_ID,
      endpoints: [{ listener: 'peer', protocol: 'grpc', ...address, tls: false }],
      rack,
      features: { min: 1, max: 1 },
      controllerEpoch: this.#controllerEpoch,
      copies: [...disk.copies.values()].map((copy) => this.#withSeen(copy)),
      complete: true,
      ...over,
    });
  }

  /** As a leader proposes it, with the epochs that it knows. */
  async propose(changes: readonly IsrProposal[]): Promise<readonly ProposalAnswer[]> {
    const { controller, transport, brokerId, bootId } = this.parts;
    if (controller.holder === undefined) throw millraceError('NOT_CONTROLLER', 'nobody is');
    const calls = transport.controller(controller.holder.address);
    return (await calls.alterPartitions({ brokerId, bootId, changes })).answers;
  }

  status(topicId: TopicId, partition: number): PartitionStatus | undefined {
    return this.statuses.get(`${topicId}/${partition}`);
  }

  copyOf(topicId: TopicId, partition: number): CopyReport | undefined {
    return this.parts.disk.copies.get(`${topicId}/${partition}`);
  }

  #beat(): void {
    if (this.fenced !== undefined) return;
    const { bootId, clock } = this.parts;
    const at = { bootId, metadataSeq: this.#seq, loopLagP99Ms: 0 };
    this.send({ kind: 'heartbeat', ...at, diskState: 'ok' });
    clock.setTimer(500, () => this.#beat());
  }

  #lost(stream: PeerStream<SessionUp, SessionDown>): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    this.parts.controller.holderLost();
    this.parts.clock.setTimer(50, () => {
      if (this.#stream === undefined) this.connect();
    });
  }

  #take(message: SessionDown): void {
    this.received.push(message);
    switch (message.kind) {
      case 'image':
        this.#controllerEpoch = Math.max(this.#controllerEpoch, message.image.controllerEpoch);
        this.#seq = message.image.seq;
        for (const topic of message.image.topics) this.#applyTopic(topic);
        return;
      case 'delta':
        this.#applyDelta(message.delta);
        return;
      case 'createCopies':
        for (const { topicId, partition } of message.copies) this.#create(topicId, partition);
        return;
      case 'reportCopies':
        if (this.isSilent) return;
        for (const { topicId, partition, epoch } of message.copies) {
          this.#adopt(topicId, partition, epoch);
        }
        return;
      case 'fenced':
        if (message.reason === 'newer-boot' || message.reason === 'refused') {
          this.fenced = message.reason;
        }
    }
  }

  #applyDelta(delta: MetadataDelta): void {
    if (delta.seq !== this.#seq + 1) throw new Error(`delta ${delta.seq} came after ${this.#seq}`);
    this.#seq = delta.seq;
    for (const topic of delta.topics) this.#applyTopic(topic);
    for (const topicId of delta.topicsGone) this.topics.delete(topicId);
  }

  #applyTopic(topic: TopicDelta): void {
    const { topicId } = topic;
    this.topics.set(topicId, topic);
    if (topic.deleted) {
      for (const [key, copy] of this.parts.disk.copies) {
        if (copy.topicId === topicId) this.parts.disk.copies.delete(key);
      }
      this.send({ kind: 'deleted', topicId });
      return;
    }
    for (const status of topic.partitions) this.#apply(`${topicId}/${status.p}`, status);
  }

  #apply(key: string, status: PartitionStatus): void {
    const known = this.statuses.get(key);
    if (known !== undefined && known.epoch >= status.epoch) return;
    this.statuses.set(key, status);
    const copy = this.parts.disk.copies.get(key);
    if (copy === undefined || !status.initialized) return;
    const isIsr = status.isr.includes(copyName(this.parts.brokerId, copy.copyId));
    const wasIsr = status.isr.length === 0 ? copy.wasIsr : isIsr;
    const minIsr = Math.min(copy.minIsr ?? status.minIsr, status.minIsr);
    this.parts.disk.copies.set(key, { ...copy, wasIsr, minIsr });
  }

  #create(topicId: TopicId, partition: number): void {
    if (this.isSlow) return;
    if (this.isDiskFull) {
      const error = millraceError('DISK_FULL', 'the disk is full');
      this.send({ kind: 'copyFailed', topicId, partition, error });
      return;
    }
    const key = `${topicId}/${partition}`;
    const { disk, random } = this.parts;
    const copy: CopyReport = disk.copies.get(key) ?? {
      topicId,
      partition,
      copyId: newCopyId(random.bytes(6)),
      lastEpoch: -1,
      adoptedEpoch: -1,
      seenLeaderEpoch: -1,
      seenEpoch: -1,
      durableEnd: toOffset(0),
      wasIsr: false,
      minIsr: null,
    };
    disk.copies.set(key, copy);
    this.send({ kind: 'copies', copies: [copy], complete: true });
  }

  #adopt(topicId: TopicId, partition: number, epoch: number): void {
    const key = `${topicId}/${partition}`;
    const copy = this.parts.disk.copies.get(key);
    if (copy === undefined) return;
    const adopted = { ...copy, adoptedEpoch: Math.max(copy.adoptedEpoch, epoch) };
    this.parts.disk.copies.set(key, adopted);
    this.send({ kind: 'copies', copies: [this.#withSeen(adopted)], complete: true });
  }

  #withSeen(copy: CopyReport): CopyReport {
    const status = this.statuses.get(`${copy.topicId}/${copy.partition}`);
    if (status === undefined) return copy;
    return { ...copy, seenLeaderEpoch: status.leaderEpoch, seenEpoch: status.epoch };
  }
}
