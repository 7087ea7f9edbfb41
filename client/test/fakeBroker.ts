/**
 * A broker in memory that does as a test tells it, for what a real one does too rarely: refusals in the middle of a
 * pipeline, answers that never come, connections that break at a chosen place, addresses that lead nowhere.
 */
import type { MethodDefinition } from '@grpc/proto-loader';
import { endOffset, readBatchHeader, stampBatch } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { FetchPartitionMessage } from '@millrace/core/messages/fetchRequest';
import {
  decodeProduceStreamRequest,
  encodeProduceStreamResponse,
  type ProduceResultMessage,
} from '@millrace/core/messages/produceStream';
import type { DecodedRecord } from '@millrace/core/record';
import { encodeStatusDetails } from '@millrace/core/statusDetails';
import { loadMillrace } from '@millrace/proto/load';
import { createWireServer, type WireServer } from '@millrace/wire/server';
import type { WireCall } from '@millrace/wire/serverCall';
import { FakeFetches } from './fakeFetches.ts';
import { FakeSequences } from './fakeSequences.ts';

export const TOPIC_ID = '11111111-1111-4111-8111-111111111111';

/**
 * What to do with a batch: append and answer, append and say nothing, append and answer with an error, refuse, or break
 * the connection before or after.
 */
export type Verdict =
  | 'apply'
  | 'apply-silently'
  | 'ignore'
  | 'break-before'
  | 'break-after'
  | { readonly appended: MillraceError }
  | MillraceError;

export interface FakePartition {
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface FakeBrokerOptions {
  readonly brokerId?: number;
  readonly partitions?: number;
  readonly batchBytesMax?: number;
  /** Where the data listener is advertised. Default: where it is. */
  readonly dataEndpoint?: 'none' | { readonly host: string; readonly port: number };
}

type Methods = Record<string, Record<string, MethodDefinition<object, object>>>;
let methods: Methods | undefined;

export class FakeBroker {
  readonly logs: Buffer[][];
  readonly ends: number[];
  readonly logStart: number[];
  /** Called for each batch as it arrives. */
  verdict: (partition: number, arrival: number, batches: Buffer, topicId: string) => Verdict = () =>
    'apply';
  /** Called for each Fetch; an error fails the partition in-band. */
  fetchVerdict: (partition: FetchPartitionMessage, arrival: number) => 'serve' | MillraceError =
    () => 'serve';
  /** Called before each unary call. */
  unaryVerdict: (name: string, arrival: number) => 'serve' | MillraceError = () => 'serve';
  topicId = TOPIC_ID;
  /** What it tells of the leaders. */
  partitionDetails: (partition: number) => FakePartition = () => ({ leader: 0, leaderEpoch: 0 });
  /** All brokers, for Cluster.Describe. Default: itself. */
  cluster: () => readonly FakeBroker[] = () => [this];
  dataEndpoint: FakeBrokerOptions['dataEndpoint'];
  partitions: number;
  batchBytesMax: number;
  /** What it knows of idempotent producers, as long as `sequences` is `checked`. */
  readonly sequences: FakeSequences;
  arrivals = 0;
  fetches = 0;
  unaries: string[] = [];
  /** Partitions of each ProduceStream message. */
  messages: number[][] = [];
  clientIds: unknown[] = [];
  /** Ports of the clients of data calls: one for each connection. */
  readonly producing = new Set<number>();
  readonly fetching = new Set<number>();
  readonly brokerId: number;
  #dataPort = 0;
  #dataServer: WireServer | undefined;
  readonly #dataMethods = new Map([
    ['/millrace.v1.Producer/ProduceStream', (call: WireCall) => this.#produce(call)],
    ['/millrace.v1.Consumer/Fetch', (call: WireCall) => this.#fetches.serve(call)],
  ]);
  readonly #servers: WireServer[] = [];
  readonly #fetches = new FakeFetches(this);
  readonly #dataCalls = new Set<WireCall>();
  port = 0;

  /** Brokers of one cluster hold the same logs: give them those of the first. */
  constructor(options: FakeBrokerOptions, replicaOf?: FakeBroker) {
    this.brokerId = options.brokerId ?? 0;
    this.dataEndpoint = options.dataEndpoint;
    this.partitions = options.partitions ?? 1;
    this.batchBytesMax = options.batchBytesMax ?? 1024 * 1024;
    this.sequences = replicaOf?.sequences ?? new FakeSequences();
    this.logs = replicaOf?.logs ?? Array.from({ length: 100 }, () => []);
    this.ends = replicaOf?.ends ?? Array.from({ length: 100 }, () => 0);
    this.logStart = replicaOf?.logStart ?? Array.from({ length: 100 }, () => 0);
  }

  static async start(options: FakeBrokerOptions = {}, replicaOf?: FakeBroker): Promise<FakeBroker> {
    const broker = new FakeBroker(options, replicaOf);
    await broker.#listen();
    return broker;
  }

  get server(): string {
    return `127.0.0.1:${this.port}`;
  }

  get fetchCalls(): number {
    return this.#fetches.callsBegun;
  }

  get dataPort(): number {
    return this.#dataPort;
  }

  records(partition: number): DecodedRecord[] {
    return this.logs[partition]!.flatMap((batch) =>
      decodeRecords(batch, 0, readBatchHeader(batch, 0), { maxBytes: 1e9 }),
    );
  }

  nextProducerId(): number {
    return this.sequences.nextId++;
  }

  values(partition: number): string[] {
    return this.records(partition).map(({ value }) => String(value));
  }

  append(partition: number, bytes: Buffer): number {
    const base = this.ends[partition]!;
    const batch = Buffer.from(bytes);
    this.sequences.note(`${this.topicId}/${partition}`, readBatchHeader(batch, 0), base);
    stampBatch(batch, 0, base, 7);
    this.logs[partition]!.push(batch);
    this.ends[partition] = endOffset(readBatchHeader(batch, 0));
    this.#fetches.feed();
    return base;
  }

  /** Deletes the topic and makes another of its name. */
  replaceTopic(topicId: string, partitions: number): void {
    this.topicId = topicId;
    this.partitions = partitions;
    for (const partition of this.logs.keys()) {
      this.logs[partition] = [];
      this.ends[partition] = 0;
    }
    this.endFetches(() => millraceError('UNKNOWN_TOPIC', 'the topic was deleted'));
  }

  /** Ends what is fetched with an error for each partition that has one. */
  endFetches(verdict: (partition: number) => MillraceError | undefined): void {
    this.#fetches.end(verdict);
  }

  /** Breaks every data stream, as a killed process does. */
  breakData(): void {
    for (const call of [...this.#dataCalls, ...this.#fetches.calls])
      call.fail({ code: 14, message: 'broken by the test' });
  }

  /** Nobody listens where the data were. */
  async closeData(): Promise<void> {
    await this.#dataServer?.close(0);
  }

  /** At another port. */
  async openData(): Promise<void> {
    const server = this.#newServer(this.#dataMethods);
    this.#dataServer = server;
    this.#dataPort = await server.listen(0, '127.0.0.1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close(0)));
  }

  async #listen(): Promise<void> {
    const unary = [
      ['Admin', 'DescribeTopic', () => ({ topic: this.#describe() })],
      ['Admin', 'CreateTopic', () => ({ topic: this.#describe(), existed: false })],
      ['Admin', 'DeleteTopic', () => ({ topicId: this.topicId })],
      ['Producer', 'InitProducer', () => ({ producerId: this.nextProducerId() })],
      [
        'Cluster',
        'Describe',
        () => ({
          clusterId: 'c',
          brokers: this.cluster().map(({ brokerId, endpoints }) => ({ brokerId, endpoints })),
        }),
      ],
      [
        'Consumer',
        'ListOffsets',
        () => ({
          topicId: this.topicId,
          offsets: Array.from({ length: this.partitions }, (_, partition) => ({
            partition,
            offset: 3,
          })),
        }),
      ],
    ] as const;
    const all = new Map(this.#dataMethods);
    for (const [service, name, reply] of unary) {
      all.set(`/millrace.v1.${service}/${name}`, (call) => this.#unary(call, service, name, reply));
    }
    this.port = await this.#newServer(all).listen(0, '127.0.0.1');
    await this.openData();
  }

  #newServer(methods: ReadonlyMap<string, (call: WireCall) => void>): WireServer {
    const onFault = (error: unknown): void => {
      throw error;
    };
    const server = createWireServer({ methods, onFault });
    this.#servers.push(server);
    return server;
  }

  #unary(call: WireCall, service: string, name: string, reply: () => object): void {
    this.clientIds.push(call.metadata.get('millrace-client-id'));
    call.onMessage(() => {
      this.unaries.push(name);
      const verdict = this.unaryVerdict(name, this.unaries.length - 1);
      if (verdict !== 'serve') {
        const { grpcStatus, message } = verdict;
        const details = encodeStatusDetails(verdict);
        call.fail({ code: grpcStatus as 14, message, details });
        return;
      }
      methods ??= loadMillrace() as unknown as Methods;
      const definition = methods[`millrace.v1.${service}`]![name]!;
      call.send([definition.responseSerialize(reply())]);
      call.end();
    });
  }

  #describe(): object {
    return {
      topicId: this.topicId,
      name: 't',
      partitions: this.partitions,
      replicationFactor: 1,
      config: [{ key: 'batchBytesMax', value: String(this.batchBytesMax) }],
      partitionDetails: Array.from({ length: this.partitions }, (_, partition) => ({
        partition,
        ...this.partitionDetails(partition),
      })),
    };
  }

  get endpoints(): object[] {
    const { dataEndpoint = { host: '127.0.0.1', port: this.#dataPort } } = this;
    const data =
      dataEndpoint === 'none' ? [] : [{ listener: 'data', protocol: 'grpc', ...dataEndpoint }];
    const client = { listener: 'client', protocol: 'grpc', host: '127.0.0.1', port: this.port };
    return [client, ...data];
  }

  #produce(call: WireCall): void {
    this.producing.add(call.peer.port);
    this.#dataCalls.add(call);
    call.onCancel(() => this.#dataCalls.delete(call));
    call.onEnd(() => call.end());
    call.onMessage((body) => {
      const { correlation, entries } = decodeProduceStreamRequest(body);
      this.messages.push(entries.map(({ partition }) => partition ?? -1));
      for (const [entry, { topicId = '', partition = -1, batches }] of entries.entries()) {
        if (call.finished) return;
        const answer = (baseOffset: number, error?: MillraceError): void => {
          const result: ProduceResultMessage = {
            entry,
            topicId,
            partition,
            baseOffset,
            leaderEpoch: 7,
            recordCount: 0,
            recordIndexes: [],
            error,
          };
          const results = [{ correlation, result }];
          call.send(encodeProduceStreamResponse({ results, throttleMs: 0 }));
        };
        const verdict = this.#judge(topicId, partition, batches);
        if (verdict === 'apply') answer(this.append(partition, batches));
        else if (typeof verdict === 'number') answer(verdict);
        else if (verdict === 'apply-silently') this.append(partition, batches);
        else if (verdict === 'break-after') {
          this.append(partition, batches);
          call.fail({ code: 14, message: 'broken after the append' });
        } else if (verdict === 'break-before') {
          call.fail({ code: 14, message: 'broken before the append' });
        } else if (verdict === 'ignore') continue;
        else if ('appended' in verdict) {
          this.append(partition, batches);
          answer(-1, verdict.appended);
        } else answer(-1, verdict);
      }
    });
  }

  /** A number: the offset at which the batch is already. */
  #judge(topicId: string, partition: number, batches: Buffer): Verdict | number {
    const verdict = this.verdict(partition, this.arrivals++, batches, topicId);
    if (verdict === 'apply') {
      if (topicId !== this.topicId) return millraceError('UNKNOWN_TOPIC', 'no such topic');
      if (partition >= this.partitions) {
        return millraceError('UNKNOWN_PARTITION', 'no such partition');
      }
      if (batches.length > this.batchBytesMax) {
        return millraceError('RECORD_TOO_LARGE', 'too large');
      }
    }
    const isRefusal = verdict instanceof MillraceError;
    if (isRefusal || verdict === 'ignore' || verdict === 'break-before') return verdict;
    return this.sequences.check(`${topicId}/${partition}`, readBatchHeader(batches, 0)) ?? verdict;
  }
}
