/** Broker 0 as it has heard of a topic that brokers 1 and 2 lead, and streams to them that a test answers. */
import {
  type BootId,
  type BrokerId,
  type TopicId,
  toBrokerId,
  toTopicId,
} from '@millrace/core/ids';
import type { MillraceError } from '@millrace/core/errors';
import { decodeFetchRequest, type FetchRequestMessage } from '@millrace/core/messages/fetchRequest';
import { encodeFetchResponse, type FetchEntryMessage } from '@millrace/core/messages/fetch';
import {
  decodeProduceStreamRequest,
  encodeProduceStreamResponse,
  type ProduceResultMessage,
  type ProduceStreamRequestMessage,
} from '@millrace/core/messages/produceStream';
import type { LeaderName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { DataStream, DataStreamEnd, DataTransport } from '../../src/cluster/dataTransport.ts';
import type { BrokerMetadata } from '../../src/cluster/metadata.ts';
import { MetadataCache } from '../../src/cluster/metadataCache.ts';
import type { PeerAddress } from '../../src/cluster/peerTransport.ts';
import { type Topic, Topics } from '../../src/engine/topics.ts';
import type { Forwarding } from '../../src/forwarding/forwarding.ts';
import { Leaders } from '../../src/forwarding/leaders.ts';
import { ManualClock } from '../engine/manualClock.ts';

export const TOPIC_ID: TopicId = toTopicId('0f9d2f4e-6f0c-4c52-9d1b-5a7f3f0b9a01');

export class FakeStream implements DataStream {
  readonly to: PeerAddress;
  readonly path: string;
  readonly sent: Buffer[] = [];
  /** Messages that `send` takes before it asks to wait. */
  roomMessages = Number.POSITIVE_INFINITY;
  isPaused = false;
  isClosed = false;
  isEnded = false;
  #onMessage: (body: Buffer) => void = () => {};
  #onDrain: () => void = () => {};
  #onLeaving: () => void = () => {};
  #onEnd: (end: DataStreamEnd) => void = () => {};

  constructor(to: PeerAddress, path: string) {
    this.to = to;
    this.path = path;
  }

  send(parts: readonly Uint8Array[]): boolean {
    this.sent.push(Buffer.concat(parts));
    return this.sent.length < this.roomMessages;
  }

  drain(roomMessages: number): void {
    this.roomMessages = roomMessages;
    this.#onDrain();
  }

  leave(): void {
    this.#onLeaving();
  }

  break(error: MillraceError, processed: 'nothing' | 'perhaps' = 'perhaps'): void {
    if (!this.isClosed) this.#onEnd({ error, processed });
  }

  get produced(): ProduceStreamRequestMessage[] {
    return this.sent.map((body) => decodeProduceStreamRequest(body));
  }

  answer(correlation: number, result: Partial<ProduceResultMessage>): void {
    const row = {
      entry: 0,
      topicId: TOPIC_ID,
      partition: 0,
      baseOffset: -1,
      leaderEpoch: 1,
      recordCount: 0,
      recordIndexes: [],
      ...result,
    };
    const response = { results: [{ correlation, result: row }], throttleMs: 0 };
    this.#onMessage(Buffer.concat(encodeProduceStreamResponse(response)));
  }

  get fetched(): FetchRequestMessage {
    return decodeFetchRequest(this.sent[0] ?? Buffer.alloc(0));
  }

  entries(entries: readonly Partial<FetchEntryMessage>[]): void {
    const full = entries.map((entry) => ({
      topicId: TOPIC_ID,
      partition: 0,
      leaderEpoch: 1,
      highWatermark: 1000,
      lastStable: 1000,
      logStart: 0,
      localStart: 0,
      nextOffset: 0,
      end: false,
      records: [],
      batches: [],
      ...entry,
    }));
    this.#onMessage(Buffer.concat(encodeFetchResponse({ entries: full, throttleMs: 0 })));
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#onMessage = callback;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onLeaving(callback: () => void): void {
    this.#onLeaving = callback;
  }

  onEnd(callback: (end: DataStreamEnd) => void): void {
    this.#onEnd = callback;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isEnded = true;
  }

  close(): void {
    this.isClosed = true;
  }
}

export class LeaderWorld implements DataTransport {
  readonly clock = new ManualClock();
  readonly topics = new Topics();
  readonly metadata = new MetadataCache();
  readonly leaders = new Leaders(toBrokerId(0), this.metadata);
  readonly streams: FakeStream[] = [];
  readonly forwarding: Forwarding;
  #seq = 0;
  #epoch = 0;
  /** By partition. */
  #led: (number | null)[];
  #boots = new Map<number, { boot: string; fenced: boolean }>();

  /** `led`: by which broker each partition is led. */
  constructor(led: readonly number[]) {
    this.#led = [...led];
    for (const id of [0, 1, 2])
      this.#boots.set(id, { boot: `b00${id}b00${id}b00${id}`, fenced: false });
    const { leaders, topics, clock } = this;
    this.forwarding = { leaders, topics, clock, rack: '', transport: this };
    this.topics.loaded();
    this.#tell();
  }

  get topic(): Topic {
    return this.topics.resolve({ topicId: TOPIC_ID });
  }

  open(to: PeerAddress, path: string): FakeStream {
    const stream = new FakeStream(to, path);
    this.streams.push(stream);
    return stream;
  }

  /** The one that was opened as number `index`. */
  stream(index: number): FakeStream {
    const stream = this.streams[index];
    if (stream === undefined) throw new Error(`no stream ${index} of ${this.streams.length}`);
    return stream;
  }

  /** The controller has moved it. */
  lead(partition: number, brokerId: number | null): void {
    this.#led[partition] = brokerId;
    this.#tell();
  }

  fence(brokerId: number): void {
    const known = this.#boots.get(brokerId);
    if (known !== undefined) this.#boots.set(brokerId, { ...known, fenced: true });
    this.#tell();
  }

  #tell(): void {
    this.#epoch++;
    const partitions = this.#led.map((leader, p) => this.#status(p, leader));
    const topic = {
      topicId: TOPIC_ID,
      name: 't',
      replicationFactor: 3,
      config: {},
      configSet: [],
      deleted: false,
      partitions,
    };
    const change = this.metadata.applyImage({
      controllerEpoch: 1,
      seq: this.#seq++,
      controllerId: toBrokerId(0),
      featureLevel: 1,
      brokers: [...this.#boots].map(([id, boot]) => brokerMetadata(id, boot)),
      topics: [topic],
    });
    this.topics.put({
      ...topic,
      internal: false,
      config: resolveTopicConfig({}),
      configSet: {},
      statuses: partitions,
      partitions: partitions.map(() => undefined),
    });
    if (change !== undefined) this.leaders.changed(change);
  }

  #status(p: number, leader: number | null): PartitionStatus {
    const brokers = [0, 1, 2].map(toBrokerId);
    const name =
      leader === null
        ? null
        : (`${leader}:c00c00c00c00:${this.#boots.get(leader)?.boot}` as LeaderName);
    return {
      p,
      initialized: true,
      replicas: brokers,
      adding: [],
      leader: name,
      isr: [],
      eligible: [],
      leaderEpoch: this.#epoch,
      epoch: this.#epoch,
      minIsr: 1,
      uncleanEpoch: -1,
    };
  }
}

function brokerMetadata(
  id: number,
  { boot, fenced }: { boot: string; fenced: boolean },
): BrokerMetadata {
  const at = (listener: string, port: number) => ({
    listener,
    protocol: 'grpc',
    host: `broker-${id}`,
    port,
    tls: false,
  });
  return {
    brokerId: id as BrokerId,
    bootId: boot as BootId,
    fenced,
    cordoned: false,
    draining: false,
    rack: '',
    endpoints: [at('client', 7071), at('data', 7074)],
    features: { min: 1, max: 1 },
  };
}
