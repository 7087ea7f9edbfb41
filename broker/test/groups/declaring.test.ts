import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GroupSpec } from '../../src/groups/groupRecord.ts';
import { converge, GROUP, GroupWorld } from './groupWorld.ts';

const SPEC: GroupSpec = {
  topics: [],
  assignor: '',
  sessionTimeoutMs: 0,
  rebalanceTimeoutMs: 0,
  start: { kind: 'latest' },
  pins: [],
  paused: false,
};

function declare(
  world: GroupWorld,
  generation: number,
  spec: Partial<GroupSpec> | undefined,
  uid = 'u1',
): Promise<string> {
  const whole = spec === undefined ? undefined : { ...SPEC, ...spec };
  return world.refused(world.coordinator.declare({ groupId: GROUP, uid, generation, spec: whole }));
}

async function declared(world: GroupWorld): Promise<readonly unknown[]> {
  const { declaration } = await world.answer(world.coordinator.describe(GROUP));
  return [declaration?.uid, declaration?.generation, declaration?.spec?.assignor];
}

describe('a declared group', () => {
  test('follows the newest generation of its resource, and a new resource in any', async () => {
    const world = new GroupWorld();
    await world.settled();
    assert.equal(await declare(world, 2, { assignor: 'range' }), 'none');
    assert.equal(await declare(world, 2, { assignor: 'sticky' }), 'none');
    assert.equal(await declare(world, 1, { assignor: 'sticky' }), 'none');
    assert.deepEqual(await declared(world), ['u1', 2, 'range']);
    assert.equal(await declare(world, 1, { assignor: 'uniform' }, 'u2'), 'none');
    assert.deepEqual(await declared(world), ['u2', 1, 'uniform']);
    assert.equal(await declare(world, 9, undefined), 'none');
    assert.deepEqual(await declared(world), ['u2', 1, 'uniform'], 'replaced, not its to withdraw');
    assert.equal(await declare(world, 2, undefined, 'u2'), 'none');
    assert.deepEqual(await declared(world), ['u2', 2, undefined]);
    assert.equal(await declare(world, 1, {}, 'u2'), 'none');
    assert.deepEqual(await declared(world), ['u2', 2, undefined], 'withdrawn since');
  });

  test('reads the declared topics whatever its members ask for, with the declared start', async () => {
    const world = new GroupWorld();
    const wanted = world.topics.put('payments', 3);
    world.topics.put('orders', 2);
    await world.settled();
    const member = await world.member('m');
    assert.equal(member.owned.size, 2);
    await declare(world, 1, { topics: ['payments'], sessionTimeoutMs: 3000 });
    await converge([member]);
    assert.ok([...member.owned].every((ref) => ref.startsWith(wanted)));
    assert.equal(member.owned.size, 3);
    assert.deepEqual(member.assignment?.start, { kind: 'latest' });
    assert.equal(member.assignment?.sessionTimeoutMs, 3000);
  });

  test('gives a pinned partition to its instance alone, and lets it wait while that is absent', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    await declare(world, 1, { pins: [{ instanceId: 'db-1', topic: 'orders', partitions: [3] }] });
    const first = await world.member('a', { instanceId: 'db-0' });
    assert.deepEqual(first.partitions, [0, 1, 2]);
    const second = await world.member('b', { instanceId: 'db-1' });
    await converge([first, second]);
    assert.ok(second.partitions.includes(3));
    assert.equal(first.owned.size + second.owned.size, 4);
    const twice = [
      { instanceId: 'a', topic: 'orders', partitions: [1, 2] },
      { instanceId: 'b', topic: 'orders', partitions: [2] },
    ];
    assert.equal(await declare(world, 2, { pins: twice }), 'INVALID_REQUEST');
  });

  test('that is paused has nobody working, and goes on where it was', async () => {
    const world = new GroupWorld();
    world.topics.put('orders', 4);
    await world.settled();
    const members = [await world.member('a'), await world.member('b')];
    await converge(members);
    await declare(world, 1, { paused: true });
    await converge(members);
    assert.deepEqual(
      members.map(({ owned }) => owned.size),
      [0, 0],
    );
    const { condition } = await world.answer(world.coordinator.describe(GROUP));
    assert.equal(condition, 'paused');
    await declare(world, 2, {});
    await converge(members);
    assert.deepEqual(
      members.map(({ owned }) => owned.size),
      [2, 2],
    );
  });

  test('is kept though nobody has ever joined it', async () => {
    const world = new GroupWorld({ offsetRetentionMs: 1000 });
    await world.settled();
    await declare(world, 1, {});
    await world.pass(120_000, 1000);
    assert.deepEqual(await declared(world), ['u1', 1, '']);
  });

  test('is refused with what it can not mean', async () => {
    const world = new GroupWorld();
    await world.settled();
    const wrong: Partial<GroupSpec>[] = [
      { topics: ['no/topic'] },
      { sessionTimeoutMs: 1 },
      { start: { kind: 'timestamp', value: -1 } },
      { pins: [{ instanceId: '', topic: 'orders', partitions: [0] }] },
      { pins: [{ instanceId: 'a', topic: 'orders', partitions: [-1] }] },
    ];
    for (const spec of wrong) assert.match(await declare(world, 1, spec), /^INVALID_/);
    assert.equal(await declare(world, -1, {}), 'INVALID_REQUEST');
    assert.equal(await declare(world, 1, {}, ''), 'INVALID_REQUEST');
  });
});
