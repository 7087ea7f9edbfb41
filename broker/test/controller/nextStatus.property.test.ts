import assert from 'node:assert/strict';
import test from 'node:test';
import { type BrokerId, toBrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import fc from 'fast-check';
import type { CopyReport } from '../../src/cluster/sessionMessages.ts';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { brokerOf, copyOf } from '../../src/controller/copyNames.ts';
import { judgeProposal } from '../../src/controller/isrProposal.ts';
import { nextStep } from '../../src/controller/nextStatus.ts';
import type { PartitionView, ReplicaView } from '../../src/controller/partitionView.ts';
import {
  bootOfBroker,
  copy,
  copyIdOf,
  emptyReport,
  report,
  TOPIC,
  view,
} from './partitionCases.ts';

const BROKERS = [1, 2, 3, 4, 5];

type Event =
  | { kind: 'boot' | 'die' | 'silence' | 'mint' | 'stop'; broker: number }
  | { kind: 'propose'; members: number[] }
  | { kind: 'wanted'; brokers: number[] }
  | { kind: 'minIsr'; minIsr: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: brokerEvent() },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('propose' as const), members: someBrokers(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wanted' as const), brokers: someBrokers(1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('minIsr' as const),
      minIsr: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

function brokerEvent(): fc.Arbitrary<Event> {
  const kind = fc.constantFrom<'boot' | 'die' | 'silence' | 'mint' | 'stop'>(
    ...(['boot', 'boot', 'boot', 'die', 'silence', 'mint', 'stop'] as const),
  );
  return fc.record({ kind, broker: fc.constantFrom(...BROKERS) });
}

function someBrokers(minLength: number): fc.Arbitrary<number[]> {
  return fc.uniqueArray(fc.constantFrom(...BROKERS), { minLength, maxLength: 4 });
}

interface Broker {
  state: ReplicaView['state'];
  boot: number;
  copyNumber: number;
  stopping: boolean;
}

/** One partition and its brokers: what happens to them by chance, decided on by production code. */
class World {
  status: PartitionStatus | undefined;
  wanted = [1, 2, 3];
  minIsr = 2;
  readonly brokers = new Map<number, Broker>(
    BROKERS.map((id) => [id, { state: 'live', boot: 1, copyNumber: 1, stopping: false }]),
  );

  happen(what: Event): void {
    switch (what.kind) {
      case 'propose':
        return this.#propose(what.members);
      case 'wanted':
        this.wanted = what.brokers;
        return;
      case 'minIsr':
        this.minIsr = what.minIsr;
        return;
      default:
        return this.#befall(what);
    }
  }

  /** Decides until nothing changes; each step is checked. */
  decide(): void {
    for (let steps = 0; steps < 10; steps++) {
      const { status } = nextStep(this.view(), allControllerRules);
      if (status === undefined) return;
      this.commit(status);
    }
    assert.fail('the decision never settles');
  }

  commit(next: PartitionStatus): void {
    const before = this.status;
    this.status = next;
    checkStep(before, next, this.view());
  }

  view(): PartitionView {
    const replicas = [...this.brokers].map(([id, broker]): ReplicaView => {
      const isLive = broker.state === 'live';
      return {
        brokerId: toBrokerId(id),
        state: broker.state,
        bootId: isLive ? bootOfBroker(id, broker.boot) : undefined,
        copy: isLive ? this.#copy(id, broker) : undefined,
        avoided: false,
        leaving: broker.stopping,
      };
    });
    const wanted = this.wanted.map(toBrokerId);
    const minIsr = Math.min(this.minIsr, wanted.length);
    return view(replicas, this.status ?? null, { wanted, minIsr });
  }

  #copy(id: number, { copyNumber }: Broker): CopyReport {
    const known = this.status?.isr.includes(copy(id, copyNumber)) === true;
    const base = known
      ? report(id, { seenLeaderEpoch: -1, seenEpoch: -1, lastEpoch: -1 })
      : emptyReport(id);
    return { ...base, copyId: copyIdOf(id, copyNumber) };
  }

  #befall({ kind, broker: id }: Extract<Event, { broker: number }>): void {
    const broker = this.brokers.get(id);
    assert.ok(broker !== undefined);
    switch (kind) {
      case 'boot':
        Object.assign(broker, { state: 'live', stopping: false, boot: (broker.boot + 1) % 10 });
        return;
      case 'mint':
        broker.copyNumber = (broker.copyNumber + 1) % 10;
        return;
      case 'stop':
        broker.stopping = true;
        return;
      case 'die':
      case 'silence':
        broker.state = kind === 'die' ? 'dead' : 'silent';
    }
  }

  #propose(members: readonly number[]): void {
    const { status } = this;
    if (status === undefined || status.leader === null) return;
    const leads = brokerOf(status.leader);
    const isr = [...new Set([leads as number, ...members])].map((id) => {
      const kept = status.isr.find((name) => brokerOf(name) === id);
      return kept ?? copy(id, this.brokers.get(id)?.copyNumber);
    });
    const { leaderEpoch, epoch } = status;
    const proposal = { topicId: TOPIC, partition: 0, leaderEpoch, epoch, isr };
    const from = { brokerId: leads, bootId: bootOfBroker(leads, this.brokers.get(leads)?.boot) };
    const judged = judgeProposal(status, this.view(), proposal, from, allControllerRules);
    if (judged.status !== undefined) this.commit(judged.status);
  }
}

function checkStep(
  before: PartitionStatus | undefined,
  next: PartitionStatus,
  of: PartitionView,
): void {
  const { leader, isr, eligible } = next;
  assert.ok(isr.length > 0, 'the ISR has a last member');
  assert.ok(new Set(isr.map(brokerOf)).size === isr.length, 'one copy of a broker');
  assert.ok(!eligible.some((name) => isr.includes(name)), 'eligible copies are not in sync');
  if (isr.length >= next.minIsr) assert.deepEqual(eligible, [], 'nobody is eligible at m');
  if (leader !== null) assert.ok(isr.includes(copyOf(leader)), 'the leader is in the ISR');
  if (before === undefined) return;
  assert.equal(next.epoch, before.epoch + 1);
  assert.ok(next.leaderEpoch >= before.leaderEpoch);
  assert.equal(next.leaderEpoch > before.leaderEpoch, next.leader !== before.leader);
  if (leader !== null && leader !== before.leader) {
    const name = copyOf(leader);
    assert.ok(before.isr.includes(name) || before.eligible.includes(name), 'a safe election');
    assert.ok(
      of.replicas.some((each) => each.state === 'live' && each.brokerId === brokerOf(leader)),
    );
  }
  checkGuard(before, next);
}

/** Of the copies that hold all that was committed at m, as many are still named: nothing is forgotten. */
function checkGuard(before: PartitionStatus, next: PartitionStatus): void {
  const named = new Set<string>([...next.isr, ...next.eligible]);
  const guards = [...before.isr, ...before.eligible].filter((name) => named.has(name));
  assert.ok(guards.length > 0, 'some copy that held everything is still named');
}

test('whatever happens, epochs rise, leaders were in sync or eligible, and decisions settle', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const world = new World();
      world.decide();
      assert.equal(world.status?.leader?.startsWith('1:'), true);
      for (const what of events) {
        world.happen(what);
        world.decide();
      }
    }),
    { numRuns: 500 },
  );
});

test('once everybody is back with what they had, somebody leads', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const world = new World();
      world.decide();
      for (const what of events) {
        if (what.kind === 'mint' || what.kind === 'wanted') continue;
        world.happen(what);
        world.decide();
      }
      for (const broker of world.brokers.values())
        Object.assign(broker, { state: 'live', stopping: false });
      world.decide();
      assert.notEqual(world.status?.leader, null);
      const leads = world.status?.leader;
      const broker: BrokerId | undefined = leads == null ? undefined : brokerOf(leads);
      assert.ok(broker !== undefined);
    }),
    { numRuns: 300 },
  );
});
