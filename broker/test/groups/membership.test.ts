import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { converge, GROUP, GroupWorld, ref, TestMember } from './groupWorld.ts';

async function team(world: GroupWorld, size: number): Promise<TestMember[]> {
  const members: TestMember[] = [];
  for (let index = 0; index < size; index++) members.push(await world.member(`m${index}`));
  await converge(members);
  return members;
}

function shares(members: readonly TestMember[]): number[] {
  return members.map(({ owned }) => owned.size).sort((left, right) => right - left);
}

describe('a group', () => {
  test('shares 12 partitions as people expect: 12; 3 each; 1 each; 12 work and 3 wait', async () => {
    for (const [size, expected] of [
      [1, [12]],
      [4, [3, 3, 3, 3]],
      [12, Array.from({ length: 12 }, () => 1)],
      [15, [...Array.from({ length: 12 }, () => 1), 0, 0, 0]],
    ] as const) {
      const world = new GroupWorld();
      world.topics.put('orders', 12);
      await world.settled();
      const members = await team(world, size);
      assert.deepEqual(shares(members), expected);
      const { condition } = await world.answer(world.coordinator.describe(GROUP));
      assert.equal(condition, 'stable');
    }
  });

  test('moves a partition once its owner has confirmed, and leaves alone what does not move', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const first = await world.member('first');
    assert.deepEqual(first.partitions, [0, 1, 2, 3]);
    const second = await world.member('second');
    assert.deepEqual(second.partitions, []);
    const told = world.pushed.filter(({ memberId }) => memberId === 'first').at(-1);
    assert.equal(told?.revoking.length, 2);
    assert.equal(told?.assigned.length, 2);
    await second.heartbeat();
    assert.deepEqual(second.partitions, []);
    await first.heartbeat();
    assert.equal(first.partitions.length, 2);
    await second.heartbeat();
    assert.deepEqual(second.partitions, [], 'not confirmed yet');
    await first.heartbeat();
    const given = world.pushed.filter(({ memberId }) => memberId === 'second').at(-1);
    assert.equal(given?.assigned.length, 2);
    await second.heartbeat();
    assert.deepEqual(
      [...first.partitions, ...second.partitions].sort((a, b) => a - b),
      [0, 1, 2, 3],
    );
  });

  test('takes only a confirmation of the assignment that asked for it', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 2);
    await world.settled();
    const first = await world.member('first');
    const { memberEpoch = 0, revision = 0 } = first.assignment ?? {};
    const second = await world.member('second');
    // Sent before the first assignment has arrived, late: it still may arrive.
    const late = { ...first.reference, memberEpoch, revision, owned: new Set<never>() };
    await world.answer(world.coordinator.heartbeat(late));
    await second.heartbeat();
    assert.deepEqual(second.partitions, []);
  });

  test('gives the partitions of a member that leaves to the others at once', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const [first, second] = (await team(world, 2)) as [TestMember, TestMember];
    world.pushed.length = 0;
    await first.leave();
    assert.equal(world.pushed.find(({ memberId }) => memberId === 'm1')?.assigned.length, 4);
    await second.heartbeat();
    assert.equal(second.owned.size, 4);
    assert.equal(await world.refused(first.heartbeat()), 'UNKNOWN_MEMBER');
  });

  test('gives the partitions of a silent member to the others within its session and a second', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const [, second] = (await team(world, 2)) as [TestMember, TestMember];
    const silentMs = world.clock.monotonicMs();
    const silence = (): number => world.clock.monotonicMs() - silentMs;
    while (silence() < 8000) await second.heartbeat();
    assert.equal(second.owned.size, 2);
    world.pushed.length = 0;
    await world.pass(11_000 - silence());
    assert.equal(world.pushed.at(-1)?.assigned.length, 4);
  });

  test('fences a member that gives nothing up within the rebalance timeout', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 2);
    await world.settled();
    const first = await world.member('first');
    const second = await world.member('second');
    const held = new Set(first.owned);
    for (let ms = 0; ms < 21_000; ms += 1000) {
      await world.pass(1000);
      const { memberEpoch = 0, revision = 0 } = first.assignment ?? {};
      const stubborn = { ...first.reference, memberEpoch, revision, owned: held };
      await world.refused(world.coordinator.heartbeat(stubborn));
      await second.heartbeat();
    }
    assert.equal(second.owned.size, 2);
    assert.equal(await world.refused(first.heartbeat()), 'UNKNOWN_MEMBER');
  });

  test('forgives everybody the time in which the coordinator stood still', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 2);
    await world.settled();
    const [first] = (await team(world, 2)) as [TestMember];
    // Timers find that a minute has passed all at once.
    const now = world.clock.monotonicMs() + 60_000;
    world.clock.monotonicMs = () => now;
    world.clock.pass(250);
    await world.settled();
    assert.equal(world.coordinator.peek()?.groups.get(GROUP)?.members.size, 2);
    assert.equal(first.owned.size, 1);
  });

  test('hands a static member its partitions again, and fences the process before', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const old = await world.member('a', { instanceId: 'pod-0' });
    const other = await world.member('b', { instanceId: 'pod-1' });
    await converge([old, other]);
    const before = old.partitions;
    const { epoch } = await world.answer(world.coordinator.describe(GROUP));
    const again = await world.member('c', { instanceId: 'pod-0' });
    assert.deepEqual(again.partitions, before);
    assert.equal((await world.answer(world.coordinator.describe(GROUP))).epoch, epoch);
    assert.equal(await world.refused(old.heartbeat()), 'FENCED_INSTANCE');
    const [owned] = again.owned;
    assert.ok(owned !== undefined);
    assert.equal(await world.refused(old.commit(owned, 1)), 'FENCED_INSTANCE');
    assert.equal(await again.commit(owned, 1), 'ok');
    await other.heartbeat();
    assert.equal(other.owned.size, 2);
  });

  test('follows topics that grow and topics that a pattern matches later', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 2);
    world.topics.put('__groups', 16);
    await world.settled();
    const named = await world.member('named');
    const pattern = await world.member('pattern', {
      groupId: 'by-pattern',
      topics: [],
      pattern: '.*rders.*',
    });
    assert.deepEqual([named.owned.size, pattern.owned.size], [2, 2]);
    world.growTopic('orders', 3);
    world.growTopic('reorders', 2);
    await world.settled();
    await Promise.all([named.heartbeat(), pattern.heartbeat()]);
    assert.deepEqual([named.owned.size, pattern.owned.size], [3, 5]);
  });

  test('waits for a topic that does not exist yet', async () => {
    const world = new GroupWorld();
    await world.settled();
    const member = await world.member('m');
    assert.equal(member.owned.size, 0);
    world.growTopic('orders', 2);
    await world.settled();
    await member.heartbeat();
    assert.equal(member.owned.size, 2);
  });

  test('goes on under the next coordinator: members, assignments and epochs are those of before', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const members = await team(world, 3);
    const before = await world.answer(world.coordinator.describe(GROUP));
    const owned = members.map(({ partitions }) => partitions);
    world.failOver();
    assert.equal(await world.refused(world.coordinator.describe(GROUP)), 'LOADING');
    await world.settled();
    await converge(members);
    assert.deepEqual(await world.answer(world.coordinator.describe(GROUP)), before);
    assert.deepEqual(
      members.map(({ partitions }) => partitions),
      owned,
    );
  });
});

describe('bad members', () => {
  test('that say what they can not know are fenced', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    await world.settled();
    const [first] = (await team(world, 2)) as [TestMember];
    const { memberEpoch = 0, revision = 0 } = first.assignment ?? {};
    const say = (more: object): Promise<string> =>
      world.refused(
        world.coordinator.heartbeat({
          ...first.reference,
          memberEpoch,
          revision,
          owned: undefined,
          ...more,
        }),
      );
    assert.equal(await say({}), 'none');
    assert.equal(await say({ revision: revision + 1 }), 'FENCED_MEMBER_EPOCH');
    assert.equal(await say({ memberEpoch: memberEpoch + 1 }), 'FENCED_MEMBER_EPOCH');
    assert.equal(await say({ memberEpoch: memberEpoch - 1 }), 'FENCED_MEMBER_EPOCH');
    const both = new Set([ref(topicId, 0), ref(topicId, 1)]);
    assert.equal(await say({ owned: both }), 'FENCED_MEMBER_EPOCH');
    assert.equal(await say({ memberId: 'stranger' }), 'UNKNOWN_MEMBER');
    assert.equal(await say({ groupId: 'nothing' }), 'UNKNOWN_MEMBER');
  });

  test('with wrong names, timeouts, patterns and assignors are refused', async () => {
    const world = new GroupWorld();
    await world.settled();
    const { request } = new TestMember(world, 'm');
    const refusals = await Promise.all(
      [
        { groupId: '' },
        { memberId: '' },
        { groupId: 'x'.repeat(256) },
        { memberId: 'line\nbreak' },
        { clientId: '\ud800' },
        { topics: ['no/topic'] },
        { topics: ['__groups'] },
        { topics: Array.from({ length: 1001 }, () => 'orders') },
        { pattern: '(' },
        { assignor: 'best' },
        { sessionTimeoutMs: 1 },
        { rebalanceTimeoutMs: Number.NaN },
      ].map((more) => world.refused(world.coordinator.join({ ...request, ...more }))),
    );
    assert.deepEqual([...new Set(refusals)].sort(), [
      'INVALID_REQUEST',
      'INVALID_TOPIC_NAME',
      'UNKNOWN_ASSIGNOR',
    ]);
    assert.equal(world.coordinator.peek()?.groups.size, 0);
  });

  test('are bounded in number: of a group, of groups, in a second', async () => {
    const world = new GroupWorld({ membersMax: 3, groupsMax: 2, joinsPerSecond: 3 });
    await world.settled();
    const join = (groupId: string, memberId: string): Promise<string> =>
      world.refused(world.coordinator.join(new TestMember(world, memberId, { groupId }).request));
    assert.deepEqual(
      await Promise.all(['1', '2', '3', '4'].map((memberId) => join('a', memberId))),
      ['none', 'none', 'none', 'GROUP_FULL'],
    );
    assert.equal(await join('b', '1'), 'none');
    assert.equal(await join('c', '1'), 'GROUP_FULL');
    await world.pass(2000);
    const many = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const code = await join('b', `x${index}`);
        return code;
      }),
    );
    assert.deepEqual([...new Set(many)].sort(), ['GROUP_FULL', 'none']);
    const burst = new GroupWorld({ joinsPerSecond: 3 });
    await burst.settled();
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        burst.refused(burst.coordinator.join(new TestMember(burst, `m${index}`).request)),
      ),
    );
    assert.equal(codes.filter((code) => code === 'none').length, 6);
    assert.equal(codes.filter((code) => code === 'TOO_MANY_REQUESTS').length, 14);
  });
});
