import assert from 'node:assert/strict';
import test from 'node:test';
import { millraceError } from '@millrace/core/errors';
import { toBrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { AssignmentWriter } from '../../src/controller/assignmentWriter.ts';
import { ClusterModel } from '../../src/controller/clusterModel.ts';
import {
  allControllerRules,
  type ControllerRulesOff,
} from '../../src/controller/controllerRules.ts';
import { leaderMoved } from '../../src/controller/leaderChoice.ts';
import { PartitionViews } from '../../src/controller/partitionViews.ts';
import { Recoveries } from '../../src/controller/recoveries.ts';
import { Roster } from '../../src/controller/roster.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimClock } from '../../src/io/sim/simClock.ts';
import { SimProcess } from '../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../src/io/sim/simScheduler.ts';
import { SimStore } from '../cluster/sim/simStore.ts';
import { assignmentSpec, TOPIC_ID, withCode } from '../store/storedExamples.ts';
import { bootOfBroker, copy, report, status } from './partitionCases.ts';

const NAME = 'flights-0';
const fromLeader = { brokerId: toBrokerId(1), bootId: bootOfBroker(1) };

/** One partition on brokers 1, 2, 3, all live; a writer with the real decisions. */
function world(rulesOff: ControllerRulesOff = allControllerRules) {
  const random = new SeededRandom(1);
  const scheduler = new SimScheduler(random.fork());
  const store = new SimStore(scheduler, random.fork());
  const process = new SimProcess(scheduler);
  const clock = new SimClock(process);
  const kind = 'PartitionAssignment' as const;
  const stored = { formatVersion: 1, controllerEpoch: 1, partitions: [status()] };
  const spec = assignmentSpec([[1, 2, 3]]);
  const settings = { ...spec.config, minInsyncReplicas: '2' };
  const created = { kind, name: NAME, spec: { ...spec, config: settings }, status: stored };
  const [version = 0] = store.contents.create([created]);
  const model = new ClusterModel();
  const { chunk } = model.putAssignment({ ...created, version });
  const roster = new Roster({
    self: toBrokerId(1),
    clock,
    logger: silentLogger,
    transport: { probe: () => Promise.resolve('accepted') },
    sessionTimeoutMs: 1e9,
    fencesMajority: false,
    rulesOff,
    onChanged: () => {},
    onSilentMajority: () => {},
    onTick: () => {},
  });
  for (const id of [1, 2, 3]) {
    const bootId = bootOfBroker(id);
    const session = { bootId, send: () => true, creating: new Set<string>(), asked: new Map() };
    const seen = { bootId, rack: '', endpoints: [], features: { min: 1, max: 1 } };
    roster.register(toBrokerId(id), seen, session);
    roster.get(toBrokerId(id))?.copies.put({ ...report(id), topicId: TOPIC_ID });
  }
  const recoveries = new Recoveries(clock);
  const views = new PartitionViews({ clock, model, roster, recoveries, movesPerBrokerMax: 5 });
  const committed: number[] = [];
  const client = store.open(process, 'b1');
  const calls = { update: 0 };
  const writer = new AssignmentWriter({
    clock,
    logger: silentLogger,
    store: Object.assign(Object.create(client) as typeof client, {
      update: (changes: Parameters<typeof client.update>[0]) => {
        if (changes.length > 0) calls.update += 1;
        return client.update(changes);
      },
      get: client.get.bind(client),
      list: client.list.bind(client),
    }),
    views,
    controllerEpoch: 1,
    rulesOff,
    writeBatchMax: 10,
    writesMax: 2,
    onCommitted: (_, object) => {
      assert.ok(object !== undefined);
      model.putAssignment(object);
      committed.push(object.version);
    },
    onSteps: () => {},
  });
  return { scheduler, store, writer, chunk, committed, calls };
}

function proposal(isr: readonly ReturnType<typeof copy>[], epoch = 5) {
  return { topicId: TOPIC_ID, partition: 0, leaderEpoch: 3, epoch, isr };
}

/** A rival writes first: the ISR is another, and its epoch. */
function rivalWrites(store: SimStore, partition: PartitionStatus): void {
  const row = store.contents.get('PartitionAssignment', NAME);
  const written = { formatVersion: 1, controllerEpoch: 1, partitions: [partition] };
  const expectedVersion = row?.version ?? 0;
  const kind = 'PartitionAssignment' as const;
  store.contents.update([{ kind, name: NAME, expectedVersion, status: written }]);
}

function stored(store: SimStore): PartitionStatus {
  const row = store.contents.get('PartitionAssignment', NAME);
  const { partitions } = JSON.parse(row?.status ?? '{}') as { partitions: PartitionStatus[] };
  const [first] = partitions;
  assert.ok(first !== undefined);
  return first;
}

test('what arrives while a write is under way goes into one next write', async () => {
  const { scheduler, writer, chunk, calls, store } = world();
  const moves = [2, 3, 2, 3, 2].map((to) =>
    writer.command(chunk, 0, (before, view) =>
      leaderMoved(before, view, toBrokerId(to), allControllerRules),
    ),
  );
  await scheduler.settle(Promise.all(moves));
  assert.equal(calls.update, 1);
  assert.deepEqual([stored(store).leaderEpoch, stored(store).epoch], [8, 10]);
});

test('a shrink waits 50 ms for others, an expansion half a second, an election for nobody', async () => {
  const { scheduler, writer, chunk } = world();
  const tookMs = async (work: Promise<unknown>): Promise<number> => {
    const beganMs = scheduler.nowMs;
    await scheduler.settle(work);
    return scheduler.nowMs - beganMs;
  };
  const shrunkMs = await tookMs(writer.propose(chunk, 0, proposal([copy(1), copy(2)]), fromLeader));
  assert.ok(shrunkMs >= 50 && shrunkMs < 200, `${shrunkMs}`);
  const grownMs = await tookMs(
    writer.propose(chunk, 0, proposal([copy(1), copy(2), copy(3)], 6), fromLeader),
  );
  assert.ok(grownMs >= 500 && grownMs < 700, `${grownMs}`);
  const movedMs = await tookMs(
    writer.command(chunk, 0, (before, view) =>
      leaderMoved(before, view, toBrokerId(2), allControllerRules),
    ),
  );
  assert.ok(movedMs < 50, `${movedMs}`);
});

async function conflicting(rulesOff: ControllerRulesOff) {
  const { scheduler, writer, chunk, store } = world(rulesOff);
  const asked = writer.propose(chunk, 0, proposal([copy(1), copy(2)]), fromLeader);
  rivalWrites(store, status({ isr: [copy(1), copy(3)], epoch: 6 }));
  const answer = await scheduler.settle(asked);
  return { answer: answer.code, isr: stored(store).isr };
}

test('after a conflict the change is decided anew: what is past drops out', async () => {
  const kept = [copy(1), copy(3)];
  assert.deepEqual(await conflicting(allControllerRules), { answer: 'STALE', isr: kept });
  const careless = await conflicting(new Set(['conflict-revalidates']));
  assert.notDeepEqual(careless.isr, kept);
});

test('a write of unknown outcome rejects the proposal as unknown; sent again, the same, it is OK', async () => {
  const { scheduler, writer, chunk, store } = world();
  store.faults = { ...store.faults, timeout: 1 };
  const change = proposal([copy(1), copy(2)]);
  const first = writer.propose(chunk, 0, change, fromLeader);
  await assert.rejects(scheduler.settle(first), withCode('STORE_UNAVAILABLE', 'unknown'));
  store.faults = { ...store.faults, timeout: 0 };
  const answer = await scheduler.settle(writer.propose(chunk, 0, change, fromLeader));
  assert.deepEqual(answer, { code: 'OK', epoch: 6 });
});

test('closed, it refuses what waits and publishes nothing more', async () => {
  const { scheduler, writer, chunk, committed } = world();
  const move = (to: number) =>
    writer.command(chunk, 0, (before, view) =>
      leaderMoved(before, view, toBrokerId(to), allControllerRules),
    );
  const underWay = move(2);
  await scheduler.step();
  await scheduler.drain();
  const waiting = move(3);
  const settled = Promise.allSettled([underWay, waiting]);
  writer.close(millraceError('NOT_CONTROLLER', 'another is'));
  const outcomes = await scheduler.settle(settled);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ['fulfilled', 'rejected'],
    'what is committed is',
  );
  assert.deepEqual(committed, []);
});
