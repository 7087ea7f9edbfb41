import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrProposal } from '../../src/cluster/sessionMessages.ts';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { judgeProposal } from '../../src/controller/isrProposal.ts';
import type { ReplicaView } from '../../src/controller/partitionView.ts';
import { away, bootOfBroker, copy, live, status, TOPIC, view } from './partitionCases.ts';

const fromLeader = { brokerId: toBrokerId(1), bootId: bootOfBroker(1) };
const three = [live(1), live(2), live(3)];
const two = status({ isr: [copy(1), copy(2)] });

function proposal(isr: readonly CopyName[], over: Partial<IsrProposal> = {}): IsrProposal {
  return { topicId: TOPIC, partition: 0, leaderEpoch: 3, epoch: 5, isr, ...over };
}

function judge(
  committed: PartitionStatus,
  asked: IsrProposal,
  replicas: readonly ReplicaView[] = three,
  from = fromLeader,
) {
  return judgeProposal(committed, view(replicas, committed), asked, from, allControllerRules);
}

test('a shrink and an expansion are written with the next partition epoch, in the same leader epoch', () => {
  const shrunk = judge(status(), proposal([copy(1), copy(2)]));
  assert.deepEqual(shrunk.answer, { code: 'OK', epoch: 6 });
  assert.deepEqual(shrunk.status?.isr, [copy(1), copy(2)]);
  assert.equal(shrunk.status?.leaderEpoch, 3);
  const grown = judge(two, proposal([copy(1), copy(2), copy(3)]));
  assert.deepEqual(grown.answer, { code: 'OK', epoch: 6 });
});

test('a shrink below m makes eligible, the return to m makes nobody eligible', () => {
  const alone = judge(two, proposal([copy(1)])).status;
  assert.deepEqual(alone?.eligible, [copy(2)]);
  const back = judge({ ...two, ...alone }, proposal([copy(1), copy(2)], { epoch: 6 })).status;
  assert.deepEqual(back?.eligible, []);
});

test('the same change sent again is OK, any other against that epoch is stale', () => {
  const committed = status({ isr: [copy(1), copy(2)], epoch: 6 });
  const again = judge(committed, proposal([copy(2), copy(1)]));
  assert.deepEqual(again, { answer: { code: 'OK', epoch: 6 }, status: undefined });
  assert.equal(judge(committed, proposal([copy(1)])).answer.code, 'STALE');
  const later = judge({ ...committed, epoch: 7 }, proposal([copy(1), copy(2)]));
  assert.equal(later.answer.code, 'STALE');
});

test('an older leader epoch, another broker and an earlier boot of the leader are fenced', () => {
  const asked = proposal([copy(1)]);
  assert.equal(judge(status(), { ...asked, leaderEpoch: 2 }).answer.code, 'FENCED');
  const other = { brokerId: toBrokerId(2), bootId: bootOfBroker(2) };
  assert.equal(judge(status(), asked, three, other).answer.code, 'FENCED');
  const earlier = { ...fromLeader, bootId: bootOfBroker(1, 0) };
  assert.equal(judge(status(), asked, three, earlier).answer.code, 'FENCED');
  assert.equal(judge(status({ leader: null }), asked).answer.code, 'FENCED');
});

const impossible: [string, IsrProposal, readonly ReplicaView[]][] = [
  ['without its leader', proposal([copy(2)]), three],
  ['with nobody', proposal([]), three],
  ['with two copies of a broker', proposal([copy(1), copy(2), copy(2, 2)]), three],
  ['with a broker that has no replica', proposal([copy(1), copy(9)]), [...three, live(9)]],
  [
    'with a broker that is silent',
    proposal([copy(1), copy(3)]),
    [live(1), live(2), away(3, 'silent')],
  ],
  [
    'with a broker that stops',
    proposal([copy(1), copy(3)]),
    [live(1), live(2), live(3, { leaving: true })],
  ],
  ['with a copy that its broker does not report', proposal([copy(1), copy(3, 2)]), three],
];

for (const [what, asked, replicas] of impossible) {
  test(`an ISR ${what} is refused, and the epoch that it was proposed against is gone`, () => {
    const { answer, status: written } = judge(two, asked, replicas);
    assert.equal(answer.code, 'INELIGIBLE');
    assert.equal(written?.epoch, 6);
    assert.deepEqual(written?.isr, two.isr);
  });
}

test('who is in the ISR may stay there, whatever its session', () => {
  const silent = [live(1), away(2, 'silent'), live(3)];
  assert.equal(judge(two, proposal([copy(1), copy(2), copy(3)]), silent).answer.code, 'OK');
});
