/** An engine on a real directory and a real store, both of which fail where a test wants them to. */
import { join } from 'node:path';
import { toBrokerId } from '@millrace/core/ids';
import type { PeerTransport } from '../../src/cluster/peerTransport.ts';
import { EMBEDDED_CONTROLLER } from '../../src/controller/controllerConfig.ts';
import { Engine } from '../../src/engine/engine.ts';
import { joinCluster } from '../../src/engine/joinCluster.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { NodeStorage } from '../../src/io/nodeStorage.ts';
import type { OpenMode, StorageFile } from '../../src/io/storage.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import type { LogDirectoryConfig } from '../../src/log/directory/logDirectoryOptions.ts';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import { Loopback } from '../../src/peer/loopback.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { smallConfig } from '../log/directoryWorld.ts';
import { temporaryDirectory } from '../store/temporaryDirectory.ts';

type StoreWrite = 'create' | 'update' | 'delete';

/** As a full disk answers, where the path contains `fullAt`. */
class FullStorage extends NodeStorage {
  fullAt: string | undefined;
  /** When, monotonic milliseconds. */
  readonly refusals: number[] = [];

  override open(path: string, mode: OpenMode): StorageFile {
    if (mode === 'create' && this.fullAt !== undefined && path.includes(this.fullAt)) {
      this.refusals.push(systemClock.monotonicMs());
      throw Object.assign(new Error(`ENOSPC: ${path}`), { code: 'ENOSPC' });
    }
    return super.open(path, mode);
  }
}

const OWN = { host: '127.0.0.1', port: 1 };

/** The only broker reaches nobody but itself. */
function toItself(engine: () => Engine): PeerTransport {
  const loopback = new Loopback(systemClock, {
    follow: (stream) => engine().serveFollow(stream),
    session: (stream) => engine().controller.session(stream),
    controller: {
      alterPartitions: (request) => engine().controller.calls.alterPartitions(request),
      allocateProducerIds: (request) => engine().controller.calls.allocateProducerIds(request),
      forward: (path, request, ms) => engine().controller.calls.forward(path, request, ms),
    },
  });
  return {
    follow: () => loopback.follow(),
    session: () => loopback.session(),
    controller: () => loopback.controller,
    probe: () => Promise.resolve('refused'),
  };
}

export class EngineWorld {
  readonly #root = temporaryDirectory();
  readonly storage = new FullStorage();
  /** Writes of the store until one fails, which then is not made. */
  readonly failAfter = new Map<StoreWrite, number>();
  readonly #config: LogDirectoryConfig;
  #store: ClusterStore | undefined;
  #directory: LogDirectory | undefined;
  #engine: Engine | undefined;

  constructor(config: LogDirectoryConfig = smallConfig) {
    this.#config = config;
  }

  /** Of all partitions, in folders by topicId. */
  get topicsDirectory(): string {
    return join(this.#root.path, 'broker-0', 'topics');
  }

  /** A boot, after a crash of the one before if there was one. */
  async boot(): Promise<Engine> {
    await this.crash();
    const { storage } = this;
    const brokerId = toBrokerId(0);
    const shared = { clock: systemClock, random: systemRandom };
    const opened = await openSqliteStore(join(this.#root.path, 'cluster.db'), shared);
    const store = this.#failing(opened);
    this.#store = opened;
    const clusterId = await joinCluster(store, undefined, systemRandom);
    const logger = silentLogger;
    const directory = await LogDirectory.open({
      ...shared,
      storage,
      dataDirectory: join(this.#root.path, 'broker-0'),
      brokerId,
      clusterId,
      config: this.#config,
      logger,
    });
    this.#directory = directory;
    const engine = new Engine({
      ...shared,
      brokerId,
      rack: '',
      directory,
      store,
      transport: toItself(() => engine),
      peerAddress: OWN,
      logger,
      produceBytesMax: 1 << 20,
      freeBytes: () => 1 << 30,
      loopLagP99Ms: () => 0,
      retentionCheckMs: 1 << 30,
      heartbeatMs: 1000,
      controller: EMBEDDED_CONTROLLER,
      replication: { replicaLagMsMax: 10_000, fetchCreditBytes: 1 << 20 },
      onSuperseded: (error) => {
        throw error;
      },
    });
    this.#engine = engine;
    await engine.start([{ listener: 'peer', protocol: 'grpc', ...OWN, tls: false }]);
    return engine;
  }

  async crash(): Promise<void> {
    this.#directory?.abandon();
    // Nothing is left to close but its timer.
    await this.#engine?.stop();
    this.#engine = undefined;
    await this.#store?.close();
    this.#directory = undefined;
    this.#store = undefined;
  }

  async remove(): Promise<void> {
    await this.crash();
    this.#root.remove();
  }

  #failing(store: ClusterStore): ClusterStore {
    const checked = (write: StoreWrite): void => {
      const left = this.failAfter.get(write);
      if (left === undefined) return;
      this.failAfter.set(write, left - 1);
      if (left <= 0) throw new Error(`the store does not ${write}`);
    };
    return {
      get: (kind, name) => store.get(kind, name),
      list: (kind) => store.list(kind),
      create: async (objects) => {
        checked('create');
        return await store.create(objects);
      },
      update: async (changes) => {
        checked('update');
        return await store.update(changes);
      },
      delete: async (kind, name, version) => {
        checked('delete');
        await store.delete(kind, name, version);
      },
      watch: (kind, from, onEvent) => store.watch(kind, from, onEvent),
      readLease: () => store.readLease(),
      writeLease: (lease, version) => store.writeLease(lease, version),
      close: () => store.close(),
    };
  }
}
