/**
 * safety.md, rule 19: while the store is out, what is up serves; a broker that is lost stalls acks=all where the ISR names
 * it; restarted it follows from its cached image, serves reads, never leads. It joins when the store answers.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { DescribeTopicResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeTopicResponse';
import type { FetchResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchResponse';
import type { ProduceResponse__Output } from '@millrace/proto/generated/millrace/v1/ProduceResponse';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { type StockClient, stockClient } from './stockClient.ts';
import { until } from './until.ts';

const PARTITIONS = [0, 1, 2];
const BOUND_MS = 60_000;
const REFUSED_MS = 1500;
const TEST_MAIN = path.join(import.meta.dirname, 'rulesOffMain.ts');

type State = readonly { readonly leader: number; readonly leaderEpoch: number }[];

class World {
  readonly dataDir: string;
  readonly brokers: BrokerProcess[] = [];
  readonly #t: TestContext;

  private constructor(t: TestContext, dataDir: string) {
    this.#t = t;
    this.dataDir = dataDir;
  }

  /** Three brokers, each in a rack of its own, and a topic `t` of three partitions on all of them. */
  static async start(t: TestContext): Promise<World> {
    const world = new World(t, await mkdtemp(path.join(tmpdir(), 'millrace-test-')));
    t.after(() => rm(world.dataDir, { recursive: true, force: true }));
    for (const id of [0, 1, 2]) await world.boot(id);
    const client = world.client(0);
    const describe = () =>
      call<{ brokers?: unknown[] }>((done) => client.cluster.Describe({}, done));
    await until(
      async () => (await describe()).brokers?.length === 3,
      'broker 0 knows all',
      BOUND_MS,
    );
    const request = { name: 't', partitions: 3, replicationFactor: 3 };
    await call((done) => client.admin.CreateTopic(request, done));
    await until(async () => new Set(leadersOf(await world.state(0))).size === 3, 'all lead');
    for (const p of PARTITIONS) assert.equal(await world.produce(0, p), 'acknowledged');
    // The image is written half a second after what it tells.
    await until(() => world.#isCached(), 'the image is cached', BOUND_MS);
    return world;
  }

  async boot(id: number): Promise<BrokerProcess> {
    const env = { MILLRACE_BROKER_ID: String(id), MILLRACE_RACK: `rack-${id}` };
    const broker = await startBrokerProcess({ dataDir: this.dataDir, env });
    this.#t.after(() => broker[Symbol.asyncDispose]());
    this.brokers[id] = broker;
    return broker;
  }

  client(id: number): StockClient {
    const client = stockClient(this.brokers[id]?.server ?? '');
    this.#t.after(() => client.close());
    return client;
  }

  async controller(): Promise<number> {
    const client = this.client(0);
    const described = await call<{ controllerId?: number }>((done) =>
      client.cluster.Describe({}, done),
    );
    return described.controllerId ?? -1;
  }

  /** As this broker knows it. */
  async state(id: number): Promise<State> {
    const { admin } = this.client(id);
    const { topic } = await call<DescribeTopicResponse__Output>((done) =>
      admin.DescribeTopic({ topicName: 't' }, done),
    );
    return topic?.partitionDetails ?? [];
  }

  /** One record, acks all, through this broker. */
  async produce(via: number, partition: number, withinMs = 10_000): Promise<string> {
    return await produceTo(this.client(via), partition, withinMs);
  }

  /** How many records a reader in this broker's rack gets from it, of those that are committed. */
  async read(id: number, partition: number): Promise<number> {
    const { consumer } = this.client(id);
    const partitions = [{ topicName: 't', partition, offset: 0 }];
    const stream = consumer.Fetch({ partitions, rack: `rack-${id}` });
    let count = 0;
    stream.on('error', () => {});
    stream.on('data', ({ entries }: FetchResponse__Output) => {
      for (const { records } of entries) count += records.length;
    });
    await until(() => count > 0, `broker ${id} serves partition ${partition}`);
    stream.cancel();
    return count;
  }

  #isCached(): boolean {
    return [0, 1, 2].every((id) =>
      existsSync(path.join(this.dataDir, `broker-${id}`, 'broker.db')),
    );
  }
}

const call = <Reply>(
  method: (done: (error: Error | null, reply?: unknown) => void) => unknown,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    method((error, reply) => (error === null ? resolve(reply as Reply) : reject(error)));
  });

async function produceTo(client: StockClient, partition: number, withinMs: number) {
  const request = {
    entries: [{ topicName: 't', partition, records: [{ value: Buffer.from('v') }] }],
  };
  try {
    const { results } = await call<ProduceResponse__Output>((done) =>
      client.producer.Produce(request, { deadline: Date.now() + withinMs }, done),
    );
    return results[0]?.error?.code ?? 'acknowledged';
  } catch (error) {
    return (error as Error).message;
  }
}

function leadersOf(state: State): number[] {
  return state.map(({ leader }) => leader);
}

/** Nobody else can write to it until the returned function is called. */
function lockStore(dataDir: string): () => void {
  const store = new Database(path.join(dataDir, 'cluster.db'), { timeout: 5000 });
  store.exec('BEGIN EXCLUSIVE');
  return () => {
    store.exec('ROLLBACK');
    store.close();
  };
}

/** Another kind of file in its place, until the returned function is called. */
function spoilStore(dataDir: string): () => void {
  const file = path.join(dataDir, 'cluster.db');
  const names = ['', '-wal', '-shm'].filter((suffix) => existsSync(file + suffix));
  for (const suffix of names) renameSync(file + suffix, `${file}.away${suffix}`);
  writeFileSync(file, 'nothing that a store could be read from, however long one looks at it');
  return () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    for (const suffix of names) renameSync(`${file}.away${suffix}`, file + suffix);
  };
}

test('restarted while the store is locked, a broker follows and serves, and leads once the lock is gone', async (t) => {
  const world = await World.start(t);
  // With it goes who could tell the others of anything.
  const lost = await world.controller();
  const before = await world.state(lost);
  const others = PARTITIONS.filter((p) => before[p]?.leader !== lost);
  const own = PARTITIONS.find((p) => before[p]?.leader === lost) ?? -1;
  const other = [0, 1, 2].find((id) => id !== lost) ?? -1;
  const unlock = lockStore(world.dataDir);
  t.after(() => existsSync(world.dataDir) && unlock());
  for (const p of PARTITIONS) assert.equal(await world.produce(lost, p), 'acknowledged');

  await world.brokers[lost]?.kill();
  for (const p of others) {
    const outcome = await world.produce(other, p, REFUSED_MS);
    assert.notEqual(outcome, 'acknowledged', 'the ISR names the broker that is lost');
  }

  await world.boot(lost);
  for (const p of others) {
    await until(
      async () => (await world.produce(other, p)) === 'acknowledged',
      `partition ${p}, that the broker follows, takes records`,
      BOUND_MS,
    );
    assert.equal(await world.produce(lost, p), 'acknowledged', 'forwarded by what it knows');
    assert.ok((await world.read(lost, p)) >= 2);
  }
  assert.notEqual(await world.produce(lost, own, REFUSED_MS), 'acknowledged', 'it leads nothing');
  assert.deepEqual(epochs(await world.state(lost)), epochs(before), 'nobody was elected');

  unlock();
  for (const p of PARTITIONS) {
    await until(
      async () => (await world.produce(other, p, REFUSED_MS)) === 'acknowledged',
      `partition ${p} takes records again`,
      BOUND_MS,
    );
  }
  const after = await world.state(other);
  assert.ok((after[own]?.leaderEpoch ?? -1) > (before[own]?.leaderEpoch ?? -1));
});

test('all brokers restarted while the store can not be read serve what is committed, and lead when it is back', async (t) => {
  const world = await World.start(t);
  // In an orderly way: the high watermark of a killed one is that of its last checkpoint.
  for (const broker of world.brokers) assert.equal(await broker.stop(), 0);
  const restore = spoilStore(world.dataDir);
  await Promise.all([0, 1, 2].map((id) => world.boot(id)));
  let served = 0;
  for (const id of [0, 1, 2]) {
    const known = await world.state(id);
    for (const p of PARTITIONS) {
      assert.notEqual(await world.produce(id, p, REFUSED_MS), 'acknowledged', 'nobody leads');
      const leader = known[p]?.leader ?? -1;
      if (leader !== id && leader >= 0) served += await world.read(id, p);
    }
  }
  // How many depends on who led what when each of them stopped.
  assert.ok(served > 0, 'what a broker follows it serves');
  restore();
  for (const p of PARTITIONS) {
    await until(
      async () => (await world.produce(0, p, REFUSED_MS)) === 'acknowledged',
      `partition ${p} takes records again`,
      BOUND_MS,
    );
  }
});

function epochs(state: State): number[] {
  return state.map(({ leaderEpoch }) => leaderEpoch);
}

interface SwitchedOff {
  readonly child: ChildProcess;
  /** Its client port; undefined: it ended. */
  readonly port: number | undefined;
}

async function bootWithout(
  t: TestContext,
  dataDir: string,
  rulesOff: object,
): Promise<SwitchedOff> {
  const ports = ['CLIENT', 'DATA', 'HTTP', 'PEER', 'PEER_DATA'].map((name) => [
    `MILLRACE_${name}_PORT`,
    '0',
  ]);
  const child = spawn(process.execPath, [TEST_MAIN], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      ...Object.fromEntries(ports),
      MILLRACE_DATA: dataDir,
      MILLRACE_BROKER_ID: '0',
      RULES_OFF: JSON.stringify(rulesOff),
    },
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(() => undefined);
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) =>
    String(text),
  );
  const ready = await Promise.race([line, ended]);
  const port = ready && (JSON.parse(ready) as { ports: { client: number } }).ports.client;
  return { child, port: port === '' ? undefined : port };
}

/** One broker with one partition, killed; its store is spoilt. */
async function aloneWithoutStore(t: TestContext): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const broker = await startBrokerProcess({ dataDir });
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  await call((done) =>
    client.admin.CreateTopic({ name: 't', partitions: 1, replicationFactor: 1 }, done),
  );
  assert.equal(await produceTo(client, 0, 10_000), 'acknowledged');
  // Stopped in an orderly way it has cached all that it knew.
  assert.equal(await broker.stop(), 0);
  spoilStore(dataDir);
  return dataDir;
}

test('without the rule that a leader is this very boot, the restarted broker would lead by its cached image', async (t) => {
  const dataDir = await aloneWithoutStore(t);
  for (const [rules, leads] of [
    [[], false],
    [['leader-is-this-boot'], true],
  ] as const) {
    const { child, port } = await bootWithout(t, dataDir, { replication: rules });
    assert.ok(port !== undefined, 'it comes up');
    const client = stockClient(`127.0.0.1:${port}`);
    t.after(() => client.close());
    const outcome = await produceTo(client, 0, REFUSED_MS);
    assert.equal(outcome === 'acknowledged', leads, outcome);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
});

test('without the cached image it would not come up at all', async (t) => {
  const dataDir = await aloneWithoutStore(t);
  const { port } = await bootWithout(t, dataDir, { engine: ['boot-from-image'] });
  assert.equal(port, undefined);
});

test('a broker that lost its disk makes no other cluster while the store of its own is missing', async (t) => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  for (const id of [0, 1]) {
    const broker = await startBrokerProcess({ dataDir, env: { MILLRACE_BROKER_ID: String(id) } });
    t.after(() => broker[Symbol.asyncDispose]());
    await broker.kill();
  }
  await rm(path.join(dataDir, 'broker-1'), { recursive: true });
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(path.join(dataDir, `cluster.db${suffix}`), { force: true });
  const env = { MILLRACE_BROKER_ID: '1' };
  await assert.rejects(startBrokerProcess({ dataDir, env }), /the cluster store does not answer/);
  assert.equal(existsSync(path.join(dataDir, 'cluster.db')), false);
});
