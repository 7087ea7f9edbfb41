import assert from 'node:assert/strict';
import test from 'node:test';
import { toBootId, toBrokerId } from '@millrace/core/ids';
import { ControllerLease } from '../../src/controller/controllerLease.ts';
import {
  allControllerRules,
  type ControllerRulesOff,
} from '../../src/controller/controllerRules.ts';
import { formatHolder, type LeaseHolder, parseHolder } from '../../src/controller/leaseHolder.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimClock } from '../../src/io/sim/simClock.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';
import { SimStore } from '../cluster/sim/simStore.ts';
import { assignmentSpec, assignmentStatus } from '../store/storedExamples.ts';

type Found = 'accepted' | 'refused' | 'silent';

function holderOf(id: number, boot = '0'): LeaseHolder {
  return {
    brokerId: toBrokerId(id),
    bootId: toBootId(`b${id}${boot}`.padEnd(12, '0')),
    address: { host: `b${id}`, port: 7072 },
  };
}

function world(rulesOff: ControllerRulesOff = allControllerRules) {
  const random = new SeededRandom(1);
  const scheduler = new SimScheduler(random.fork());
  const store = new SimStore(scheduler, random.fork());
  const found = new Map<string, Found>();
  const candidate = (self: LeaseHolder) => {
    const process = new SimProcess(scheduler);
    const taken: number[] = [];
    const dead: (string | undefined)[] = [];
    const counts = { lost: 0, changed: 0 };
    const lease = new ControllerLease({
      self,
      store: store.open(process, self.address.host),
      clock: new SimClock(process),
      logger: silentLogger,
      transport: { probe: ({ host }) => Promise.resolve(found.get(host) ?? 'accepted') },
      leaseDurationMs: 15_000,
      leaseRenewMs: 2000,
      leasePollMs: 500,
      rulesOff,
      onTaken: (epoch, victim) => {
        taken.push(epoch);
        dead.push(victim === undefined ? undefined : formatHolder(victim));
      },
      onLost: () => {
        counts.lost += 1;
      },
      onHolderChanged: () => {
        counts.changed += 1;
      },
    });
    return { lease, process, taken, dead, counts };
  };
  return { scheduler, store, found, candidate };
}

test('a holder is written and read back, and nothing else is taken for one', () => {
  const holder = { ...holderOf(3), address: { host: 'broker-3.millrace.svc', port: 7072 } };
  assert.equal(formatHolder(holder), '3/b30000000000@broker-3.millrace.svc:7072');
  assert.deepEqual(parseHolder(formatHolder(holder)), holder);
  for (const text of [
    '',
    '3/b3@host:7072',
    '3/b30000000000@host',
    '99999999999/b30000000000@h:1',
  ]) {
    assert.equal(parseHolder(text), undefined);
  }
});

test('a free lease is taken at once, renewed, and freed by a clean stop', async () => {
  const { scheduler, store, candidate } = world();
  const { lease, taken, counts } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  assert.deepEqual([taken, lease.epoch], [[1], 1]);
  const { renewals } = store.contents.lease;
  await scheduler.runFor(10_000);
  assert.ok(store.contents.lease.renewals >= renewals + 4);
  const stopped = lease.stop();
  await scheduler.settle(stopped);
  assert.equal(store.contents.lease.holder, '');
  assert.equal(counts.lost, 1);
});

async function takenAbove(rulesOff: ControllerRulesOff): Promise<number | undefined> {
  const { scheduler, store, candidate } = world(rulesOff);
  const spec = assignmentSpec([[0]]);
  const status = assignmentStatus(1, 9);
  store.contents.create([{ kind: 'PartitionAssignment', name: 'a-0', spec, status }]);
  const { lease, taken } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  return taken[0];
}

test('the epoch is above those of all assignments, as the lease may have been lost', async () => {
  assert.equal(await takenAbove(allControllerRules), 10);
  assert.equal(await takenAbove(new Set(['lease-epoch-above-all'])), 1);
});

test('a broker that knows a higher epoch makes it take another one', async () => {
  const { scheduler, candidate } = world();
  const { lease, taken } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  lease.raiseAbove(20);
  await scheduler.runFor(100);
  assert.deepEqual(taken, [1, 21]);
});

test('a lease held by an earlier boot of the same broker is taken at once', async () => {
  const { scheduler, store, candidate } = world();
  const holder = formatHolder(holderOf(1, '9'));
  store.contents.writeLease({ holder, epoch: 4, renewals: 7 }, 0);
  const { lease, taken, dead } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  assert.deepEqual([taken, dead], [[5], [holder]]);
});

test('a holder whose port refuses twice is replaced, one that is silent or accepts only when it expires', async () => {
  for (const [answer, afterMs] of [
    ['refused', 400],
    ['silent', 17_000],
    ['accepted', 17_000],
  ] as const) {
    const { scheduler, store, found, candidate } = world();
    const holder = formatHolder(holderOf(2));
    store.contents.writeLease({ holder, epoch: 4, renewals: 7 }, 0);
    found.set('b2', answer);
    const { lease, taken } = candidate(holderOf(1));
    lease.start();
    await scheduler.runFor(afterMs - (answer === 'refused' ? 300 : 3000));
    assert.deepEqual(taken, [], answer);
    await scheduler.runFor(6000);
    assert.deepEqual(taken, [5], answer);
  }
});

test('failing to renew is not losing; another holder is', async () => {
  const { scheduler, store, candidate } = world();
  const { lease, counts } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  store.outage = true;
  await scheduler.runFor(60_000);
  assert.equal(counts.lost, 0);
  store.outage = false;
  const { version, epoch } = store.contents.lease;
  store.contents.writeLease(
    { holder: formatHolder(holderOf(2)), epoch: epoch + 1, renewals: 0 },
    version,
  );
  await scheduler.runFor(6000);
  assert.deepEqual([counts.lost, lease.epoch], [1, 0]);
  assert.equal(lease.holder?.brokerId, 2);
});

test('of several that want it one gets it, however the store fails', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { scheduler, store, candidate } = world();
    for (let draws = 0; draws < seed; draws++) store.random.float();
    store.faults = { ...store.faults, conflict: 0.2, timeout: 0.2, refused: 0.1 };
    const all = [1, 2, 3].map((id) => candidate(holderOf(id)));
    for (const { lease } of all) lease.start();
    await scheduler.runFor(60_000);
    const epochs = all.flatMap(({ taken }) => taken);
    assert.equal(new Set(epochs).size, epochs.length, `an epoch twice: ${epochs.join(' ')}`);
    assert.equal(all.filter(({ lease }) => lease.epoch > 0).length, 1);
  }
});

test('given up, it is left to others for a while', async () => {
  const { scheduler, store, candidate } = world();
  const { lease, taken } = candidate(holderOf(1));
  lease.start();
  await scheduler.runFor(100);
  await scheduler.settle(lease.giveUp(9000));
  await scheduler.runFor(8000);
  assert.deepEqual([store.contents.lease.holder, taken.length], ['', 1]);
  await scheduler.runFor(2000);
  assert.deepEqual(taken, [1, 2]);
});
