import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { clusterStoreConformance } from '../../store/clusterStoreConformance.ts';
import { topicSpec, withCode } from '../../store/storedExamples.ts';
import { noStoreFaults, SimStore } from './simStore.ts';

clusterStoreConformance('the simulated store', { atomic: true, keepsUnknown: true }, async () => {
  const { scheduler, store } = simStore(1);
  let isRunning = true;
  const run = async (): Promise<void> => {
    while (isRunning) await scheduler.step();
  };
  const running = run();
  return {
    open: async () => store.open(new SimProcess(scheduler), 'b0'),
    remove: async () => {
      isRunning = false;
      await running;
    },
  };
});

test('a write without an answer may land later, whether or not its writer is alive', async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed < 30; seed++) {
    const { scheduler, store } = simStore(seed);
    const process = new SimProcess(scheduler);
    const client = store.open(process, 'b0');
    store.faults = { ...noStoreFaults, timeout: 1 };
    const writing = client.create([{ kind: 'Topic', name: 'a', spec: topicSpec('a') }]);
    writing.catch(() => undefined);
    await scheduler.runFor(1);
    process.kill();
    await scheduler.runFor(4000);
    const isSoon = store.contents.get('Topic', 'a') !== undefined;
    await scheduler.runFor(8000);
    const isLate = store.contents.get('Topic', 'a') !== undefined;
    outcomes.add(`${isSoon} ${isLate}`);
  }
  assert.deepEqual([...outcomes].sort(), ['false false', 'false true', 'true true']);
});

test('a store that is out refuses or is silent, and its watches go on afterwards', async () => {
  const { scheduler, store } = simStore(1);
  const client = store.open(new SimProcess(scheduler), 'b0');
  const seen: string[] = [];
  client.watch('Topic', 0, (event) => seen.push(event.type));
  const other = store.open(new SimProcess(scheduler), 'b1');
  store.cutOff('b0');
  await scheduler.settle(other.create([{ kind: 'Topic', name: 'a', spec: topicSpec('a') }]));
  await scheduler.runFor(100);
  assert.deepEqual(seen, []);
  await scheduler.settle(assert.rejects(client.readLease(), withCode('STORE_UNAVAILABLE')));
  store.reconnect('b0');
  await scheduler.runFor(100);
  assert.deepEqual(seen, ['put']);
});

test('a conflict is a write of somebody else', async () => {
  const { scheduler, store } = simStore(1);
  const client = store.open(new SimProcess(scheduler), 'b0');
  const [version] = await scheduler.settle(
    client.create([{ kind: 'Topic', name: 'a', spec: topicSpec('a') }]),
  );
  store.faults = { ...noStoreFaults, conflict: 1 };
  const change = { kind: 'Topic', name: 'a', expectedVersion: version ?? 0 } as const;
  const updating = client.update([{ ...change, spec: topicSpec('a', 3) }]);
  await scheduler.settle(assert.rejects(updating, withCode('CONFLICT', 'not-applied')));
  assert.ok((store.contents.get('Topic', 'a')?.version ?? 0) > (version ?? 0));
});

test('after a rewind what was is there again, and watches are told to list', async () => {
  const { scheduler, store } = simStore(1);
  const client = store.open(new SimProcess(scheduler), 'b0');
  await scheduler.settle(client.create([{ kind: 'Topic', name: 'a', spec: topicSpec('a') }]));
  const backup = store.contents.snapshot();
  await scheduler.settle(client.create([{ kind: 'Topic', name: 'b', spec: topicSpec('b') }]));
  const { version } = await scheduler.settle(client.list('Topic'));
  const seen: string[] = [];
  client.watch('Topic', version, (event) => seen.push(event.type));
  store.rewind(backup, 'bumped');
  await scheduler.runFor(100);
  assert.deepEqual(seen, ['resync']);
  const { objects } = await scheduler.settle(client.list('Topic'));
  assert.deepEqual(
    objects.map(({ name }) => name),
    ['a'],
  );
});

function simStore(seed: number) {
  const random = new SeededRandom(seed);
  const scheduler = new SimScheduler(random.fork());
  return { scheduler, store: new SimStore(scheduler, random.fork()) };
}
