import assert from 'node:assert/strict';
import test from 'node:test';
import {
  allControllerRules,
  type ControllerRulesOff,
} from '../../src/controller/controllerRules.ts';
import { ProducerIds } from '../../src/controller/producerIds.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';
import { SimStore } from '../cluster/sim/simStore.ts';
import { CLUSTER_ID } from '../store/storedExamples.ts';

const NEW = { featureLevel: 1, producerIdNext: 0 };

function world(status: typeof NEW | 'lost' = NEW) {
  const random = new SeededRandom(1);
  const scheduler = new SimScheduler(random.fork());
  const store = new SimStore(scheduler, random.fork());
  const spec = { clusterId: CLUSTER_ID, featureLevel: 1 };
  const half = status === 'lost' ? {} : { status };
  store.contents.create([{ kind: 'ClusterState', name: 'cluster', spec, ...half }]);
  const open = (rulesOff: ControllerRulesOff = allControllerRules) =>
    new ProducerIds({ store: store.open(new SimProcess(scheduler), 'b0'), rulesOff });
  return { scheduler, store, open };
}

async function firstsOfTwo(rulesOff: ControllerRulesOff): Promise<number[]> {
  const { scheduler, open } = world();
  const both = [open(rulesOff), open(rulesOff)];
  const blocks = both.flatMap((ids) => [ids.allocate(), ids.allocate(), ids.allocate()]);
  return (await scheduler.settle(Promise.all(blocks))).map(({ first }) => first);
}

test('two controllers at once never hand out the same block', async () => {
  const firsts = (await firstsOfTwo(allControllerRules)).sort((left, right) => left - right);
  assert.deepEqual(firsts, [0, 1000, 2000, 3000, 4000, 5000]);
  const careless = await firstsOfTwo(new Set(['ids-by-cas']));
  assert.ok(new Set(careless).size < careless.length);
});

test('after a rewind of the store all that could have been handed out is skipped', async () => {
  const { scheduler, store, open } = world();
  const ids = open();
  const backup = store.contents.snapshot();
  await scheduler.settle(Promise.all([ids.allocate(), ids.allocate()]));
  store.rewind(backup, 'bumped');
  const { first } = await scheduler.settle(ids.allocate());
  assert.ok(first >= 2 ** 32, `${first}`);
  const next = await scheduler.settle(ids.allocate());
  assert.equal(next.first, first + 1000);
});

test('where the status was lost, all that could have been handed out is skipped', async () => {
  const { scheduler, open } = world('lost');
  const ids = open();
  const { first } = await scheduler.settle(ids.allocate());
  assert.ok(first >= 2 ** 32, `${first}`);
  const next = await scheduler.settle(ids.allocate());
  assert.equal(next.first, first + 1000);
});

test('a block whose writing was not confirmed is lost, not handed out twice', async () => {
  const { scheduler, store, open } = world();
  store.faults = { ...store.faults, timeout: 0.4 };
  const ids = open();
  const firsts: number[] = [];
  for (let times = 0; times < 40; times++) {
    const block = await scheduler.settle(ids.allocate().catch(() => undefined));
    if (block !== undefined) firsts.push(block.first);
  }
  assert.ok(firsts.length > 5);
  assert.equal(new Set(firsts).size, firsts.length);
});
