import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millraceError } from '@millrace/core/errors';
import { ProducerIdSupply } from '../../src/engine/producerIdSupply.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimClock } from '../../src/io/sim/simClock.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';

/** A controller that gives blocks of 3 after 10 ms, or fails as `failure` says. */
function supplyWorld() {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const clock = new SimClock(new SimProcess(scheduler));
  const world = { failure: undefined as Error | undefined, blocks: 0 };
  const supply = new ProducerIdSupply({
    brokerId: 0,
    bootId: 'b00000000001',
    clock,
    calls: () => ({
      allocateProducerIds: async () => {
        await new Promise<void>((resolve) => clock.setTimer(10, resolve));
        if (world.failure !== undefined) throw world.failure;
        world.blocks += 1;
        return { first: world.blocks * 100, count: 3 };
      },
    }),
  });
  return { supply, scheduler, world };
}

test('every id is given once, whoever asks at the same time', async () => {
  const { supply, scheduler } = supplyWorld();
  const ids = await scheduler.settle(Promise.all(Array.from({ length: 10 }, () => supply.take())));
  assert.equal(new Set(ids).size, 10);
  assert.deepEqual(ids.toSorted((a, b) => a - b).slice(0, 4), [100, 101, 102, 200]);
});

test('a spare block serves while nobody is the controller, then it is asked for until there is one', async () => {
  const { supply, scheduler, world } = supplyWorld();
  await scheduler.settle(supply.take());
  await scheduler.runFor(100);
  assert.equal(world.blocks, 2);
  world.failure = millraceError('NOT_CONTROLLER', 'none is elected');
  for (let count = 0; count < 5; count++) await scheduler.settle(supply.take());
  const waiting = supply.take();
  await scheduler.runFor(1000);
  world.failure = undefined;
  assert.equal(await scheduler.settle(waiting), 300);
});

test('what the controller refuses is refused, and the next one asks again', async () => {
  const { supply, scheduler, world } = supplyWorld();
  world.failure = millraceError('UNAUTHORIZED', 'no');
  const refusal = { code: 'UNAUTHORIZED', outcome: 'not-applied' };
  await assert.rejects(scheduler.settle(supply.take()), refusal);
  world.failure = millraceError('NOT_CONTROLLER', 'none is elected');
  await assert.rejects(scheduler.settle(supply.take()), { code: 'NOT_CONTROLLER' });
  world.failure = undefined;
  assert.equal(await scheduler.settle(supply.take()), 100);
});
