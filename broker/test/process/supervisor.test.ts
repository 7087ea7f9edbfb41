/** `npm start -- --brokers N`: several broker processes under one that watches over them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { stockClient, unary } from './stockClient.ts';
import { lives, type Ready, startCluster } from './supervisedCluster.ts';
import { until } from './until.ts';

/** Left by a clean stop. */
const markers = (dataDir: string, brokers: number): boolean[] =>
  Array.from({ length: brokers }, (_, id) => existsSync(path.join(dataDir, `broker-${id}/clean`)));

test('three brokers agree on one cluster in one directory and stop together', async (t) => {
  const cluster = startCluster(t, ['--brokers', '3']);
  await until(() => cluster.ready().length === 3, 'all are ready', 60_000);
  const ready = cluster.ready();
  assert.deepEqual(
    ready.map(({ brokerId }) => brokerId).toSorted((a, b) => a - b),
    [0, 1, 2],
  );
  assert.equal(new Set(ready.map(({ pid }) => pid)).size, 3);
  assert.ok(ready.every(({ pid }) => pid !== cluster.child.pid && lives(pid)));
  const ports = ready.flatMap(({ ports: own }) => Object.values(own));
  assert.equal(new Set(ports).size, ports.length);
  const clusterIds = new Set<string>();
  for (const { ports: own } of ready) {
    const client = stockClient(`127.0.0.1:${own.client}`);
    t.after(() => client.close());
    const { clusterId } = await unary(client.cluster.Describe.bind(client.cluster), {});
    clusterIds.add(clusterId ?? '');
  }
  assert.equal(clusterIds.size, 1);
  assert.ok(readdirSync(cluster.dataDir).includes('cluster.db'));

  cluster.child.kill('SIGTERM');
  assert.deepEqual((await cluster.exited)[0], 0);
  assert.ok(ready.every(({ pid }) => !lives(pid)));
  assert.deepEqual(markers(cluster.dataDir, 3), [true, true, true]);
  const logged = cluster.output.stderr.filter((line) => line.includes('the log is open'));
  assert.deepEqual(
    logged
      .map((line) => (JSON.parse(line) as { brokerId: number }).brokerId)
      .toSorted((a, b) => a - b),
    [0, 1, 2],
    'each line says whose it is',
  );
});

test('a broker that was killed is started again where it was; the others are left alone', async (t) => {
  const cluster = startCluster(t, ['--brokers=2']);
  await until(() => cluster.ready().length === 2, 'all are ready', 60_000);
  const before = cluster.ready().toSorted((a, b) => a.brokerId - b.brokerId);
  const [first, victim] = before;
  assert.ok(first !== undefined && victim !== undefined);
  for (let kills = 1; kills <= 2; kills++) {
    const pid = cluster.ready().find(({ brokerId }) => brokerId === 1)?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    const again = (): Ready | undefined =>
      cluster.ready().find(({ brokerId, pid: now }) => brokerId === 1 && now !== pid);
    await until(() => again() !== undefined, 'it is back', 60_000);
    const exit = cluster.exits().at(-1);
    assert.deepEqual([exit?.brokerId, exit?.pid, exit?.signal], [1, pid, 'SIGKILL']);
    assert.equal(exit?.restartMs, 200 * 2 ** (kills - 1), 'a little later each time');
    assert.deepEqual(again()?.ports, victim.ports);
  }
  assert.equal(cluster.ready().find(({ brokerId }) => brokerId === 0)?.pid, first.pid);
  cluster.child.kill('SIGINT');
  assert.deepEqual((await cluster.exited)[0], 0);
});

test('brokers whose supervisor was killed stop cleanly by themselves', async (t) => {
  const cluster = startCluster(t, ['--brokers', '2'], { MILLRACE_LOG_LEVEL: 'debug' });
  await until(() => cluster.ready().length === 2, 'all are ready', 60_000);
  cluster.child.kill('SIGKILL');
  await until(() => cluster.ready().every(({ pid }) => !lives(pid)), 'they are gone', 60_000);
  assert.deepEqual(markers(cluster.dataDir, 2), [true, true]);
});

test('a broker that cannot begin to serve ends them all, with its reason and its code', async (t) => {
  const cluster = startCluster(t, ['--brokers', '2']);
  // Long before the process has read its arguments.
  writeFileSync(path.join(cluster.dataDir, 'broker-1'), 'no directory');
  assert.deepEqual((await cluster.exited)[0], 1);
  const why = cluster.output.stderr.filter((line) => line.includes('broker-1'));
  assert.ok(why[0]?.startsWith('broker 1 | '), cluster.output.stderr.join('\n'));
  assert.deepEqual(
    cluster.events.filter(({ pid }) => lives(pid)),
    [],
  );
});

test('what makes no cluster is refused with usage: exit 2', async (t) => {
  const cases: [readonly string[], string][] = [
    [['--brokers', '0'], '--brokers'],
    [['--brokers', 'many'], '--brokers'],
    [['--brokers', '33'], '--brokers'],
    [['--brokers', '3', '--broker-id', '1'], 'broker id'],
    [['--brokers', '3', '--peer-port', '65530'], '--peer-port'],
  ];
  for (const [args, named] of cases) {
    const { exited, output } = startCluster(t, args);
    assert.deepEqual((await exited)[0], 2, args.join(' '));
    await until(() => output.stderr.length > 0, 'it says why');
    assert.ok(output.stderr.join('\n').includes(named), output.stderr.join('\n'));
  }
});

test('for people it says where each listens, and which process it is', async (t) => {
  const { child, output, exited } = startCluster(t, ['--brokers', '2'], {
    MILLRACE_LOG_FORMAT: 'text',
  });
  await until(() => output.stdout.some((line) => line.startsWith('  clients')), 'ready', 60_000);
  const said = output.stdout.join('\n');
  for (const id of [0, 1]) {
    assert.match(
      said,
      new RegExp(`^broker ${id} is ready: process \\d+, clients 127\\.0\\.0\\.1:\\d+`, 'm'),
    );
  }
  assert.match(said, /^ {2}clients {3}127\.0\.0\.1:\d+,127\.0\.0\.1:\d+/m);
  child.kill('SIGTERM');
  assert.deepEqual((await exited)[0], 0);
  assert.ok(
    output.stderr.every((line) => /^broker [01] \| /.test(line)),
    output.stderr.join('\n'),
  );
});
