import type { BrokerId, TopicId } from '@millrace/core/ids';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { PeerAddress } from '../../../src/cluster/peerTransport.ts';
import type { Clock } from '../../../src/io/clock.ts';
import type { SeededRandom } from '../../../src/io/seededRandom.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { Storage } from '../../../src/io/storage.ts';
import { LogDirectory } from '../../../src/log/logDirectory.ts';
import type { LogRule } from '../../../src/log/logRules.ts';
import { Partition } from '../../../src/replication/partition.ts';
import type { ClusterStore } from '../../../src/store/clusterStore.ts';
import { newTopicId } from '@millrace/core/ids';
import { ClientService } from './clientService.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { DurablePromises } from './durablePromises.ts';
import type { SimTransport } from './simTransport.ts';

export interface MemberParts {
  readonly world: ClusterWorld;
  readonly promises: DurablePromises;
  /** `b<broker>.<boot>`. */
  readonly name: string;
  readonly brokerId: BrokerId;
  readonly process: SimProcess;
  readonly random: SeededRandom;
  readonly address: PeerAddress;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly store: ClusterStore;
  readonly transport: SimTransport;
  readonly dataDirectory: string;
  /** The process must end. */
  readonly onFatal: (error: unknown) => void;
}

/** One broker process: production code on a simulated machine. */
export class Member {
  readonly clients: ClientService;
  readonly #parts: MemberParts;
  #directory: LogDirectory | undefined;
  readonly #partitions = new Map<string, Partition>();

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.clients = new ClientService({
      partition: (topicId, partition) => this.#partitions.get(`${topicId}/${partition}`),
      refusal: () => this.#directory?.acceptsAppends(),
      wallMs: () => parts.clock.wallMs(),
      admin: ({ method, request }) => this.#admin(method, request),
    });
  }

  get isController(): boolean {
    return false;
  }

  partitions(): Iterable<Partition> {
    return this.#partitions.values();
  }

  async start(): Promise<void> {
    const { world, promises, name, process, random, clock, storage, address } = this.#parts;
    const { brokerId, dataDirectory, onFatal } = this.#parts;
    const directory = await LogDirectory.open({
      storage,
      clock,
      random,
      dataDirectory,
      brokerId,
      clusterId: world.clusterId,
      config: {
        journalFileBytes: 65536,
        journalFilesMax: 3,
        checkpointMs: 500,
        syncConcurrency: 4,
        tailCacheBytes: 65536,
        openSegmentsMax: 10,
        freeSpaceBytesMin: 0,
      },
      logger: world.transcript.logger(name),
      rulesOff: world.options.rulesOff as ReadonlySet<LogRule>,
    });
    directory.onFailed(onFatal);
    this.#directory = directory;
    promises.check(name, directory.all());
    world.network.listen(process, address, { follow() {}, session() {}, controller: {} } as never);
    for (const log of directory.all()) this.#add(log.topicId, log.partition);
  }

  async stop(): Promise<void> {
    await this.#directory?.close();
  }

  #add(topicId: TopicId, partition: number): void {
    const log = this.#directory?.get(topicId, partition);
    if (log === undefined) return;
    const led = new Partition({ topicId, topicName: 'x', partition }, log);
    this.#partitions.set(`${topicId}/${partition}`, led);
    led.lead(log.lastEpoch + 1);
    led.onEpochLost = () => led.lead(led.leaderEpoch + 1);
  }

  async #admin(method: string, request: any): Promise<unknown> {
    if (method !== 'createTopic') return undefined;
    const topicId = newTopicId(this.#parts.random.bytes(16));
    const config = resolveTopicConfig(request.config);
    const specs = Array.from({ length: request.partitions }, (_, partition) => {
      return { topicId, topicName: 'x', partition, config };
    });
    await this.#directory?.createCopies(specs);
    for (const { partition } of specs) this.#add(topicId, partition);
    return { topic: { topicId, partitions: specs }, existed: false };
  }
}
