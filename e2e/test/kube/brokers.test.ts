import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { brokerOf, type AssignmentStatus } from '@millrace/core/resources/partitionAssignment';
import type { KubeClient } from '@millrace/kube/kubeClient';
import type { UntypedObject } from '@millrace/kube/kubeObject';
import { holderOf, type LeaseObject } from '@millrace/kube/leaseObject';
import { LEASES } from '@millrace/kube/resource';
import { ApiServer } from '../../src/apiServer.ts';
import { BrokerProcess } from '../../src/brokerProcess.ts';
import { ASSIGNMENTS, declareTopic } from '../../src/declaredTopic.ts';
import { createNamespace, installResources } from '../../src/installedResources.ts';

const NAMESPACE = 'streams';
const CLUSTER = 'prod';
const TOPIC = 'flights';
const BROKERS = [0, 1, 2];
/** Of the API server; a minute is what the design promises to serve through, and more than any timeout in the broker. */
const OUTAGE_MS = 60_000;
const WAIT_MS_MAX = 120_000;

const skip =
  process.env.CLUSTER_BIN === undefined && 'needs kube-apiserver in $CLUSTER_BIN, and etcd';

describe('three brokers with the state of their cluster in Kubernetes', { skip }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-brokers-'));
  let api: ApiServer;
  let client: KubeClient;
  let millrace: Millrace;
  let assignment = '';
  const brokers = new Map<number, BrokerProcess>();
  const acknowledged: string[] = [];

  before(async () => {
    api = await ApiServer.start();
    client = api.client();
    await installResources(client);
    await createNamespace(client, NAMESPACE);
    await Promise.all(BROKERS.map(start));
    millrace = new Millrace({ server: [...brokers.values()].map(({ server }) => server) });
  });

  after(async () => {
    await millrace?.close();
    for (const broker of brokers.values()) await broker.end('SIGKILL');
    await client?.connection.close();
    await api?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(brokerId: number): Promise<void> {
    const broker = await BrokerProcess.start({
      kubeconfig: api.kubeconfig,
      namespace: NAMESPACE,
      cluster: CLUSTER,
      brokerId,
      dataDir: path.join(folder, String(brokerId)),
    });
    brokers.set(brokerId, broker);
  }

  async function status(): Promise<AssignmentStatus | undefined> {
    const object = await client.get<UntypedObject>(ASSIGNMENTS, NAMESPACE, assignment);
    return object?.status as AssignmentStatus | undefined;
  }

  async function leaders(): Promise<number[]> {
    const { partitions = [] } = (await status()) ?? {};
    return partitions.map(({ leader }) => (leader === null ? -1 : brokerOf(leader)));
  }

  async function until(done: () => Promise<boolean>, what: string): Promise<void> {
    const untilMs = performance.now() + WAIT_MS_MAX;
    while (!(await done())) {
      assert.ok(performance.now() < untilMs, `not in time: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function inSync(): Promise<boolean> {
    const { partitions = [] } = (await status()) ?? {};
    return partitions.every(({ leader, isr }) => leader !== null && isr.length === BROKERS.length);
  }

  /** One record to each partition, acknowledged by all in sync. */
  async function produce(note: string, partitions: readonly number[] = [0, 1, 2]): Promise<void> {
    const producer = millrace.producer();
    for (const partition of partitions) {
      const value = `${note} ${partition} ${acknowledged.length}`;
      await producer.send({ topic: TOPIC, partition, value });
      acknowledged.push(value);
    }
    await producer.close();
  }

  async function consumed(): Promise<string[]> {
    const values: string[] = [];
    for await (const { value } of millrace.consume({ topic: TOPIC, from: 'earliest' })) {
      values.push(value?.toString() ?? '');
      if (values.length >= acknowledged.length) break;
    }
    return values;
  }

  it('are live and ready, and one of them is the controller', async () => {
    for (const broker of brokers.values()) {
      assert.equal(await broker.probe('/livez'), 200);
      assert.equal(await broker.probe('/readyz'), 200);
    }
    const lease = await client.get<LeaseObject>(LEASES, NAMESPACE, `${CLUSTER}-controller`);
    assert.match(holderOf(lease), /^[012]\/[0-9a-f]{12}@127\.0\.0\.1:\d+$/);
  });

  it('lead the partitions that were declared, and take records', async () => {
    const topic = { topicName: TOPIC, partitions: 3, replicationFactor: 3, brokerIds: BROKERS };
    ({ assignment } = await declareTopic(client, {
      namespace: NAMESPACE,
      cluster: CLUSTER,
      ...topic,
    }));
    await until(
      async () => (await leaders()).filter((leader) => leader >= 0).length === 3,
      'every partition has a leader',
    );
    await produce('first');
  });

  it('go on without one that is killed, be it the controller', async () => {
    const lease = await client.get<LeaseObject>(LEASES, NAMESPACE, `${CLUSTER}-controller`);
    const victim = Number.parseInt(holderOf(lease), 10);
    assert.ok((await leaders()).includes(victim));
    await brokers.get(victim)?.end('SIGKILL');
    await produce('after the kill');
    assert.ok(!(await leaders()).includes(victim));
    await start(victim);
    await until(inSync, 'every copy is in sync again');
  });

  it('serve for a minute without the API server, and nobody is fenced for it', async () => {
    const before = await status();
    await api.stopApi();
    const backMs = performance.now() + OUTAGE_MS;
    while (performance.now() < backMs) {
      await produce('during the outage');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    for (const broker of brokers.values()) assert.equal(await broker.probe('/readyz'), 200);
    await api.startApi();
    await produce('after the outage');
    const after = await status();
    const epochs = (of: typeof after) => of?.partitions.map(({ leaderEpoch }) => leaderEpoch);
    assert.deepEqual(epochs(after), epochs(before));
  });

  it('elect again once the API server is back', async () => {
    const [victim = 0] = await leaders();
    await brokers.get(victim)?.end('SIGKILL');
    await produce('after the second kill');
    await start(victim);
  });

  it('follow from their own image where they are restarted without it, and lead once it is back', async () => {
    await until(inSync, 'every copy is in sync');
    const led = await leaders();
    const [victim = 0] = led;
    const others = led.flatMap((leader, partition) => (leader === victim ? [] : [partition]));
    await api.stopApi();
    await brokers.get(victim)?.end('SIGKILL');
    await start(victim);
    assert.equal(await brokers.get(victim)?.probe('/readyz'), 200);
    // All copies have to have it: the one that was restarted among them.
    await produce('without a store', others);
    await api.startApi();
    await produce('with it again');
    await until(inSync, 'every copy is in sync again');
  });

  it('hand over on SIGTERM: not ready at once, nothing led, a clean end', async () => {
    await until(inSync, 'every copy is in sync');
    const [victim = 0] = await leaders();
    const broker = brokers.get(victim);
    const ended = broker?.end('SIGTERM');
    await until(async () => (await broker?.probe('/readyz')) === 503, 'it is not ready');
    assert.equal(await broker?.probe('/livez'), 200);
    assert.equal(await ended, 0);
    assert.ok(!(await leaders()).includes(victim));
    const { partitions = [] } = (await status()) ?? {};
    assert.ok(partitions.every(({ isr }) => isr.every((copy) => brokerOf(copy) !== victim)));
    await produce('after the stop');
    await start(victim);
  });

  it('have lost nothing that was acknowledged, and have nothing twice', async () => {
    const values = await consumed();
    assert.deepEqual(values.toSorted(), acknowledged.toSorted());
  });
});
