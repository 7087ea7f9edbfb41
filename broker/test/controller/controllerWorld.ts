import assert from 'node:assert/strict';
import { type BrokerId, newBootId, toBrokerId } from '@millrace/core/ids';
import type {
  AssignmentStatus,
  PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { CreatedTopic, CreateTopicRequest } from '../../src/controller/adminRequests.ts';
import { Controller } from '../../src/controller/controller.ts';
import { EMBEDDED_CONTROLLER } from '../../src/controller/controllerConfig.ts';
import {
  allControllerRules,
  type ControllerRulesOff,
} from '../../src/controller/controllerRules.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimClock } from '../../src/io/sim/simClock.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import { SimNetwork } from '../cluster/sim/simNetwork.ts';
import { SimStore } from '../cluster/sim/simStore.ts';
import { SimTransport } from '../cluster/sim/simTransport.ts';
import { CLUSTER_ID } from '../store/storedExamples.ts';
import { FakeBroker, type FakeDisk } from './fakeBroker.ts';

export interface WorldMember {
  readonly process: SimProcess;
  readonly clock: SimClock;
  readonly controller: Controller;
  readonly broker: FakeBroker;
  readonly store: ClusterStore;
}

export interface WorldOptions {
  readonly seed?: number;
  readonly rulesOff?: ControllerRulesOff;
}

/** Brokers without data on a simulated network, with the real controller on each and one simulated store. */
export class ControllerWorld {
  readonly scheduler: SimScheduler;
  readonly network: SimNetwork;
  readonly store: SimStore;
  readonly members = new Map<number, WorldMember>();
  readonly #random: SeededRandom;
  readonly #disks = new Map<number, FakeDisk>();
  readonly #rulesOff: ControllerRulesOff;
  #port = 7072;

  constructor({ seed = 1, rulesOff = allControllerRules }: WorldOptions = {}) {
    this.#random = new SeededRandom(seed);
    this.scheduler = new SimScheduler(this.#random.fork());
    this.network = new SimNetwork(this.scheduler, this.#random.fork());
    this.store = new SimStore(this.scheduler, this.#random.fork());
    this.#rulesOff = rulesOff;
    const spec = { clusterId: CLUSTER_ID, featureLevel: 1 };
    const status = { featureLevel: 1, producerIdNext: 0 };
    this.store.contents.create([{ kind: 'ClusterState', name: 'cluster', spec, status }]);
  }

  /** A new process, with the copies of the earlier one of this id, on another port. */
  boot(id: number): WorldMember {
    const brokerId = toBrokerId(id);
    const process = new SimProcess(this.scheduler);
    const clock = new SimClock(process);
    const random = this.#random.fork();
    this.#port += 1;
    const address = { host: `b${id}`, port: this.#port };
    const transport = new SimTransport(this.network, process, address.host);
    const bootId = newBootId(random.bytes(6));
    const store = this.store.open(process, address.host);
    const common = { brokerId, bootId, clock, random, transport, address };
    const controller = new Controller({
      ...common,
      clusterId: CLUSTER_ID,
      logger: silentLogger,
      store,
      config: EMBEDDED_CONTROLLER,
      rulesOff: this.#rulesOff,
    });
    const disk = this.#disks.get(id) ?? { copies: new Map() };
    this.#disks.set(id, disk);
    this.network.listen(process, address, {
      follow: () => assert.fail('nobody follows'),
      session: (stream) => controller.session(stream),
      controller: controller.calls,
    });
    const broker = new FakeBroker({ ...common, rack: '', controller, disk });
    controller.start();
    const member = { process, clock, controller, broker, store };
    this.members.set(id, member);
    return member;
  }

  async booted(...ids: number[]): Promise<void> {
    for (const id of ids) this.boot(id);
    await this.until('all are registered', () =>
      ids.every((id) => this.members.get(id)?.broker.isRegistered),
    );
  }

  member(id: number): WorldMember {
    const member = this.members.get(id);
    assert.ok(member !== undefined);
    return member;
  }

  get active(): WorldMember {
    const active = [...this.members.values()].find(
      ({ controller, process }) => process.alive && !process.paused && controller.active,
    );
    assert.ok(active !== undefined, 'nobody is the controller');
    return active;
  }

  activeId(): number {
    return this.active.broker.parts.brokerId;
  }

  kill(id: number): void {
    this.member(id).process.kill();
  }

  async until(what: string, done: () => boolean | undefined, ms = 60_000): Promise<void> {
    const endMs = this.scheduler.nowMs + ms;
    while (done() !== true) {
      assert.ok(this.scheduler.nowMs < endMs, `not within ${ms} ms: ${what}`);
      await this.scheduler.runFor(10);
    }
  }

  async settle<T>(work: Promise<T>): Promise<T> {
    return await this.scheduler.settle(work);
  }

  async create(over: Partial<CreateTopicRequest> = {}): Promise<CreatedTopic> {
    return await this.settle(this.active.controller.createTopic(topicRequest(over)));
  }

  /** As the store has them. */
  statuses(): PartitionStatus[] {
    return this.store.contents
      .list('PartitionAssignment')
      .flatMap(({ status }) =>
        status === null ? [] : (JSON.parse(status) as AssignmentStatus).partitions,
      );
  }

  leaders(): (number | null)[] {
    return this.statuses().map(({ leader }) =>
      leader === null ? null : Number.parseInt(leader, 10),
    );
  }

  fencedInStore(id: number): boolean | undefined {
    const row = this.store.contents.get('Broker', String(id));
    if (row === undefined || row.status === null) return undefined;
    return (JSON.parse(row.status) as { fenced: boolean }).fenced;
  }
}

export function topicRequest(over: Partial<CreateTopicRequest> = {}): CreateTopicRequest {
  const defaults = { partitions: 1, replicationFactor: 0, config: {}, validateOnly: false };
  return { name: 'flights', ...defaults, ...over };
}

export function brokerIds(...numbers: number[]): BrokerId[] {
  return numbers.map(toBrokerId);
}
