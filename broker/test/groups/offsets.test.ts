import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CommitRequest } from '../../src/groups/committing.ts';
import { converge, GROUP, GroupWorld, ref } from './groupWorld.ts';

const DAY_MS = 24 * 3_600_000;

function outsider(offsets: CommitRequest['offsets'], groupId = GROUP): CommitRequest {
  return { groupId, memberId: '', instanceId: '', memberEpoch: 0, direction: 'forward', offsets };
}

describe('a committed offset', () => {
  test('is answered with its leader epoch and metadata, by the next coordinator too', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    await world.settled();
    const member = await world.member('m');
    assert.equal(await member.commit(ref(topicId, 1), 42, { metadata: 'here' }), 'ok');
    for (const which of ['this one', 'the next one']) {
      if (which === 'the next one') world.failOver();
      await world.settled();
      const found = await world.answer(world.coordinator.fetchOffsets(GROUP, undefined));
      const { offset, leaderEpoch, metadata } = found.get(ref(topicId, 1)) ?? {};
      assert.deepEqual([found.size, offset, leaderEpoch, metadata], [1, 42, 3, 'here'], which);
    }
    const nothing = await world.answer(world.coordinator.fetchOffsets('nobody', [ref(topicId, 0)]));
    assert.deepEqual([...nothing.values()], [undefined]);
  });

  test('is told with the assignment to whoever gets the partition', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 1);
    await world.settled();
    const first = await world.member('first');
    await first.commit(ref(topicId, 0), 7);
    await first.leave();
    const second = await world.member('second');
    assert.equal(second.assignment?.assigned[0]?.committed?.offset, 7);
    assert.deepEqual(second.assignment?.start, { kind: 'earliest' });
  });

  test('of somebody who does not own the partition, or had it earlier, is refused', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    await world.settled();
    const first = await world.member('first');
    const epoch = first.assignment?.memberEpoch ?? 0;
    const second = await world.member('second');
    await converge([first, second, first, second]);
    const [moved] = second.owned;
    assert.ok(moved !== undefined);
    assert.equal(await first.commit(moved, 1), 'NOT_OWNER');
    assert.equal(await second.commit(moved, 5), 'ok');
    await second.leave();
    await first.heartbeat();
    assert.equal(first.owned.size, 2);
    assert.equal(await first.commit(moved, 1, { memberEpoch: epoch }), 'FENCED_MEMBER_EPOCH');
    assert.equal(
      await world.refused(first.commit(moved, 1, { memberEpoch: 99 })),
      'FENCED_MEMBER_EPOCH',
    );
    const kept = [...first.owned].find((one) => one !== moved) ?? ref(topicId, 0);
    assert.equal(await first.commit(kept, 1, { memberEpoch: epoch }), 'ok', 'it never moved');
    assert.equal(await world.refused(second.commit(moved, 6)), 'UNKNOWN_MEMBER');
    const found = await world.answer(world.coordinator.fetchOffsets(GROUP, [moved]));
    assert.equal(found.get(moved)?.offset, 5);
  });

  test('of somebody else counts once its rule is off', async () => {
    const world = new GroupWorld({}, undefined, new Set(['commits-of-owners']));
    world.topics.put('orders', 2);
    await world.settled();
    const first = await world.member('first');
    const second = await world.member('second');
    await converge([first, second, first, second]);
    const [moved] = second.owned;
    assert.ok(moved !== undefined);
    assert.equal(await second.commit(moved, 5), 'ok');
    assert.equal(await first.commit(moved, 9), 'ok');
    const found = await world.answer(world.coordinator.fetchOffsets(GROUP, [moved]));
    assert.equal(found.get(moved)?.offset, 9);
  });

  test('goes back only if that is said to be meant', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 1);
    await world.settled();
    const member = await world.member('m');
    const zero = ref(topicId, 0);
    assert.equal(await member.commit(zero, 7), 'ok');
    assert.equal(await member.commit(zero, 7), 'ok');
    assert.equal(await member.commit(zero, 6), 'OFFSET_BEHIND');
    assert.equal(await member.commit(zero, 6, { direction: 'rewind' }), 'ok');
    assert.equal(await member.commit(zero, 6), 'ok');
  });

  test('that is wrong is refused by itself, the others count', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    const gone = world.topics.put('gone', 1);
    world.topics.remove('gone');
    await world.settled();
    const offsets = [
      { ref: ref(topicId, 0), offset: 1, leaderEpoch: -1, metadata: '' },
      { ref: ref(topicId, 0), offset: -1, leaderEpoch: 0, metadata: '' },
      { ref: ref(topicId, 0), offset: 0.5, leaderEpoch: 0, metadata: '' },
      { ref: ref(topicId, 0), offset: 1, leaderEpoch: 2 ** 31, metadata: '' },
      { ref: ref(topicId, 1), offset: 1, leaderEpoch: 0, metadata: 'é'.repeat(2049) },
      { ref: ref(topicId, 2), offset: 1, leaderEpoch: 0, metadata: '' },
      { ref: ref(gone, 0), offset: 1, leaderEpoch: 0, metadata: '' },
    ];
    const results = await world.answer(world.coordinator.commit(outsider(offsets)));
    assert.deepEqual(
      results.map(({ error }) => error?.code ?? 'ok'),
      [
        'ok',
        'INVALID_REQUEST',
        'INVALID_REQUEST',
        'INVALID_REQUEST',
        'METADATA_TOO_LARGE',
        'UNKNOWN_PARTITION',
        'UNKNOWN_TOPIC',
      ],
    );
    await world.member('m');
    const code = await world.refused(world.coordinator.commit(outsider(offsets.slice(0, 1))));
    assert.equal(code, 'GROUP_NOT_EMPTY');
  });

  test('expires with the group that is empty for long, never while it has members', async () => {
    const world = new GroupWorld({ offsetRetentionMs: DAY_MS });
    const topicId = world.topics.put('orders', 1);
    await world.settled();
    const member = await world.member('m', { sessionTimeoutMs: 1_800_000 });
    await member.commit(ref(topicId, 0), 7);
    for (let hours = 0; hours < 30; hours += 0.25) {
      world.clock.pass(0.25 * 3_600_000);
      await member.heartbeat();
    }
    const count = async (): Promise<number> =>
      (await world.answer(world.coordinator.fetchOffsets(GROUP, undefined))).size;
    assert.equal(await count(), 1);
    await member.leave();
    await world.pass(23 * 3_600_000, 3_600_000);
    assert.equal(await count(), 1);
    await world.pass(2 * 3_600_000, 3_600_000);
    assert.equal(await count(), 0);
    assert.deepEqual(await world.answer(world.coordinator.list()), []);
    world.failOver();
    await world.settled();
    assert.deepEqual(await world.answer(world.coordinator.list()), []);
  });

  test('goes with its topic', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 1);
    const offset = { ref: ref(topicId, 0), offset: 1, leaderEpoch: 0, metadata: '' };
    await world.settled();
    await world.answer(world.coordinator.commit(outsider([offset])));
    world.topics.remove('orders');
    world.topicsChanged();
    await world.pass(61_000, 1000);
    const found = await world.answer(world.coordinator.fetchOffsets(GROUP, undefined));
    assert.equal(found.size, 0);
  });
});

describe('a reset', () => {
  test('is refused while the group is live, shows old and new in a dry run, and can be undone once', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    const [zero, one] = [ref(topicId, 0), ref(topicId, 1)];
    await world.settled();
    const member = await world.member('m');
    await member.commit(zero, 50);
    const wanted = new Map([
      [zero, 10],
      [one, 20],
    ]);
    const { coordinator } = world;
    assert.equal(
      await world.refused(coordinator.reset(GROUP, wanted, 'dry-run')),
      'GROUP_NOT_EMPTY',
    );
    await member.leave();
    const offsets = async (): Promise<(number | undefined)[]> => {
      const found = await world.answer(world.coordinator.fetchOffsets(GROUP, [zero, one]));
      return [...found.values()].map((committed) => committed?.offset);
    };
    const shown = await world.answer(coordinator.reset(GROUP, wanted, 'dry-run'));
    assert.deepEqual(
      shown.map(({ before, after }) => [before?.offset, after?.offset]),
      [
        [50, 10],
        [undefined, 20],
      ],
    );
    assert.deepEqual(await offsets(), [50, undefined]);
    await world.answer(coordinator.reset(GROUP, wanted, 'apply'));
    assert.deepEqual(await offsets(), [10, 20]);
    world.failOver();
    await world.settled();
    await world.answer(world.coordinator.undoReset(GROUP, 'apply'));
    assert.deepEqual(await offsets(), [50, undefined]);
    assert.equal(
      await world.refused(world.coordinator.undoReset(GROUP, 'apply')),
      'INVALID_REQUEST',
    );
    assert.equal(
      await world.refused(world.coordinator.undoReset('nobody', 'apply')),
      'UNKNOWN_GROUP',
    );
  });
});

describe('a deleted group', () => {
  test('is gone with all it had; a live one is refused', async () => {
    const world = new GroupWorld();
    const topicId = world.topics.put('orders', 2);
    await world.settled();
    const member = await world.member('m');
    await member.commit(ref(topicId, 0), 50);
    assert.equal(await world.refused(world.coordinator.delete(GROUP)), 'GROUP_NOT_EMPTY');
    await member.leave();
    await world.answer(world.coordinator.delete(GROUP));
    assert.equal(await world.refused(world.coordinator.describe(GROUP)), 'UNKNOWN_GROUP');
    assert.equal(await world.refused(world.coordinator.delete(GROUP)), 'UNKNOWN_GROUP');
    world.failOver();
    await world.settled();
    assert.equal(world.coordinator.peek()?.groups.size, 0);
  });
});
