import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newBootId, toBrokerId } from '@millrace/core/ids';
import { Controller } from '../../src/controller/controller.ts';
import { EMBEDDED_CONTROLLER } from '../../src/controller/controllerConfig.ts';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import { loopbackPair } from '../../src/peer/loopbackStream.ts';
import type { PeerTransport } from '../../src/cluster/peerTransport.ts';
import type { SessionDown, SessionUp } from '../../src/cluster/sessionMessages.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { CLUSTER_ID } from '../store/storedExamples.ts';
import { temporaryDirectory } from '../store/temporaryDirectory.ts';
import { FakeBroker, type FakeDisk } from './fakeBroker.ts';
import { topicRequest } from './controllerWorld.ts';

/** Brokers of one process that share a real cluster.db. */
class SqliteWorld {
  readonly #directory = temporaryDirectory();
  readonly #controllers = new Map<number, Controller>();
  readonly #disks = new Map<number, FakeDisk>();
  readonly #closers: (() => Promise<void>)[] = [];

  async boot(id: number): Promise<{ controller: Controller; broker: FakeBroker }> {
    const common = { clock: systemClock, random: systemRandom };
    const store = await openSqliteStore(`${this.#directory.path}/cluster.db`, common);
    if ((await store.get('ClusterState', 'cluster')) === undefined) {
      const spec = { clusterId: CLUSTER_ID, featureLevel: 1 };
      const status = { featureLevel: 1, producerIdNext: 0 };
      await store.create([{ kind: 'ClusterState', name: 'cluster', spec, status }]);
    }
    const brokerId = toBrokerId(id);
    const bootId = newBootId(systemRandom.bytes(6));
    const address = { host: `b${id}`, port: 7072 };
    const transport: PeerTransport = {
      session: (to) => {
        const [near, far] = loopbackPair<SessionUp, SessionDown>(
          systemClock,
          () => 100,
          () => 100,
        );
        this.#controllers.get(Number(to.host.slice(1)))?.session(far);
        return near;
      },
      controller: (to) => {
        const controller = this.#controllers.get(Number(to.host.slice(1)));
        assert.ok(controller !== undefined);
        return controller.calls;
      },
      probe: (to) =>
        Promise.resolve(this.#controllers.has(Number(to.host.slice(1))) ? 'accepted' : 'refused'),
      follow: () => assert.fail('nobody follows'),
    };
    const controller = new Controller({
      ...common,
      brokerId,
      bootId,
      clusterId: CLUSTER_ID,
      logger: silentLogger,
      store,
      transport,
      address,
      config: EMBEDDED_CONTROLLER,
      rulesOff: allControllerRules,
    });
    this.#controllers.set(id, controller);
    const disk = this.#disks.get(id) ?? { copies: new Map() };
    this.#disks.set(id, disk);
    const parts = { ...common, brokerId, bootId, address, transport, controller, disk };
    const broker = new FakeBroker({ ...parts, rack: '' });
    controller.start();
    this.#closers.push(async () => {
      broker.fenced = 'stopped';
      await controller.stop();
      await store.close();
    });
    return { controller, broker };
  }

  async stop(): Promise<void> {
    for (const close of this.#closers) await close();
    this.#directory.remove();
  }
}

async function until(what: string, done: () => boolean): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!done()) {
    assert.ok(performance.now() < endMs, `not within a minute: ${what}`);
    await turn();
  }
}

test('on a real store three brokers create, lose the controller and go on', async () => {
  const world = new SqliteWorld();
  try {
    const members = [await world.boot(0), await world.boot(1), await world.boot(2)];
    await until('all are registered', () => members.every(({ broker }) => broker.isRegistered));
    const active = members.find(({ controller }) => controller.active);
    assert.ok(active !== undefined);
    const request = topicRequest({ partitions: 20, replicationFactor: 3 });
    const { topic } = await active.controller.createTopic(request);
    assert.ok(topic.partitions.every(({ leader, isr }) => leader !== null && isr.length === 3));
    const epoch = active.controller.controllerEpoch;
    active.broker.fenced = 'stopped';
    active.broker.send({ kind: 'stopping' });
    await active.controller.stop();
    const rest = members.filter((member) => member !== active);
    await until('another is the controller', () =>
      rest.some(({ controller }) => controller.active && controller.controllerEpoch > epoch),
    );
    await until('both know it', () => rest.every(({ broker }) => broker.isRegistered));
    const next = rest.find(({ controller }) => controller.active);
    const again = await next?.controller.createTopic(request);
    assert.equal(again?.existed, true);
  } finally {
    await world.stop();
  }
});
