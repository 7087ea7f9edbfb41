import assert from 'node:assert/strict';
import test from 'node:test';
import type { TopicId } from '@millrace/core/ids';
import { withCode } from '../store/storedExamples.ts';
import { brokerIds, ControllerWorld } from './controllerWorld.ts';

async function threeBrokers(): Promise<ControllerWorld> {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  return world;
}

function known(world: ControllerWorld, topicId: TopicId): boolean {
  return [...world.members.values()].some(({ broker }) => broker.topics.has(topicId));
}

test('three replicas and m = 2 are the defaults of three brokers; repeating is no error', async () => {
  const world = await threeBrokers();
  const { topic } = await world.create();
  assert.deepEqual(
    [topic.replicationFactor, topic.partitions[0]?.minIsr, topic.configSet],
    [3, 2, []],
  );
  const again = await world.create({ partitions: 1 });
  assert.deepEqual([again.existed, again.topic.topicId], [true, topic.topicId]);
  await assert.rejects(world.create({ partitions: 2 }), withCode('TOPIC_EXISTS'));
  await assert.rejects(world.create({ config: { durability: 'async' } }), withCode('TOPIC_EXISTS'));
});

test('what cannot be is refused, and nothing is stored', async () => {
  const world = await threeBrokers();
  await world.create({ name: 'a.b' });
  const refused: [Parameters<typeof world.create>[0], string][] = [
    [{ name: '__groups' }, 'INVALID_TOPIC_NAME'],
    [{ name: 'a/b' }, 'INVALID_TOPIC_NAME'],
    [{ name: 'a_b' }, 'TOPIC_EXISTS'],
    [{ partitions: 10_001 }, 'INVALID_PARTITIONS'],
    [{ partitions: -1 }, 'INVALID_PARTITIONS'],
    [{ replicationFactor: 4 }, 'INVALID_REPLICATION_FACTOR'],
    [{ config: { minInsyncReplicas: '4' } }, 'INVALID_CONFIG'],
    [{ config: { nonsense: '1' } }, 'INVALID_CONFIG'],
    [{ config: { cleanupPolicy: 'compost' } }, 'INVALID_CONFIG'],
  ];
  for (const [request, code] of refused) {
    await assert.rejects(world.create(request), withCode(code, 'not-applied'), code);
  }
  const { topic } = await world.create({ validateOnly: true, partitions: 5 });
  assert.equal(topic.partitions.length, 5);
  assert.equal(world.store.contents.list('Topic').length, 1);
});

test('partitions are added across chunks, each led; config reaches the brokers', async () => {
  const world = await threeBrokers();
  const { topic } = await world.create({ partitions: 199 });
  const { topicId } = topic;
  const altered = await world.settle(
    world.active.controller.alterTopic({
      reference: { topicName: 'flights' },
      partitions: 405,
      config: { retentionMs: '1000', minInsyncReplicas: '1' },
      configUnset: [],
      validateOnly: false,
    }),
  );
  assert.equal(altered.partitions.length, 405);
  assert.ok(altered.partitions.every(({ leader }) => leader !== null));
  assert.deepEqual(
    altered.partitions.map(({ p }) => p),
    Array.from({ length: 405 }, (_, p) => p),
  );
  await world.until('all know it', () =>
    [...world.members.values()].every(({ broker }) => {
      const seen = broker.topics.get(topicId);
      return seen?.config.retentionMs === '1000' && broker.status(topicId, 404)?.leader != null;
    }),
  );
  await world.until('m is another', () => world.statuses().every(({ minIsr }) => minIsr === 1));
  const fewer = { reference: { topicId }, partitions: 3, config: {}, configUnset: [] };
  await assert.rejects(
    world.settle(world.active.controller.alterTopic({ ...fewer, validateOnly: false })),
    withCode('INVALID_PARTITIONS'),
  );
});

test('a deleted topic goes once every replica confirms; its name is free at once', async () => {
  const world = await threeBrokers();
  const { topic } = await world.create({ partitions: 3 });
  const { topicId } = topic;
  const [away = 0] = [...world.members.keys()].filter((id) => id !== world.activeId());
  world.kill(away);
  await world.settle(world.active.controller.deleteTopic({ topicName: 'flights' }));
  await assert.rejects(
    world.settle(world.active.controller.deleteTopic({ topicName: 'flights' })),
    withCode('UNKNOWN_TOPIC'),
  );
  const fresh = await world.create({ partitions: 2, replicationFactor: 2 });
  assert.notEqual(fresh.topic.topicId, topicId);
  await world.scheduler.runFor(20_000);
  assert.equal(world.store.contents.list('PartitionAssignment').length, 2, 'one broker is away');
  await world.booted(away);
  await world.until('the objects are gone', () => {
    return world.store.contents.list('PartitionAssignment').length === 1;
  });
  await world.until('nobody knows it', () => !known(world, topicId));
  assert.equal(world.member(away).broker.copyOf(topicId, 0), undefined);
});

test('a broker that cannot create its copies fails the creation, and nothing is left', async () => {
  const world = await threeBrokers();
  world.member(2).broker.isDiskFull = true;
  await assert.rejects(world.create({ partitions: 3 }), withCode('DISK_FULL', 'not-applied'));
  await world.until('nothing is left', () => {
    const { contents } = world.store;
    return contents.list('Topic').length + contents.list('PartitionAssignment').length === 0;
  });
});

test('a topic that is not led in time is stored: the error says so, and what is missing', async () => {
  const world = await threeBrokers();
  const { broker } = world.member(2);
  broker.isSlow = true;
  const beganMs = world.scheduler.nowMs;
  await assert.rejects(world.create(), (error: Error) => {
    assert.match(error.message, /partition 0/);
    return withCode('UNAVAILABLE', 'applied')(error);
  });
  assert.ok(world.scheduler.nowMs - beganMs < 12_000);
  broker.isSlow = false;
  broker.connect();
  const { existed } = await world.create();
  assert.equal(existed, true);
});

test('what a controller left half done is finished by the next', async () => {
  const world = await threeBrokers();
  const { topic } = await world.create({ partitions: 2 });
  for (const id of [0, 1, 2]) world.kill(id);
  const { contents } = world.store;
  const row = contents.get('Topic', 'flights');
  assert.ok(row !== undefined);
  const spec = { ...(JSON.parse(row.spec) as object), partitions: 4 };
  const kind = 'Topic' as const;
  const expectedVersion = row.version;
  contents.update([{ kind, name: 'flights', expectedVersion, spec: spec as never }]);
  const bare = { topicName: 'bare', partitions: 1, replicationFactor: 1, config: {} };
  const status = { topicId: topic.topicId.replace(/^./, '0') as TopicId };
  contents.create([{ kind, name: 'bare', spec: bare, status }]);
  await world.booted(0, 1, 2);
  await world.until('all that was asked for is led', () => {
    const statuses = world.statuses();
    return statuses.length === 5 && statuses.every(({ leader }) => leader !== null);
  });
});

test('a reassignment moves a partition, and is cancelled by naming nobody', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2, 3);
  const { topic } = await world.create({ replicationFactor: 2 });
  const [from] = world.statuses();
  assert.ok(from !== undefined);
  const to = [0, 1, 2, 3].filter((id) => !from.replicas.map(Number).includes(id));
  const reference = { topicId: topic.topicId };
  const move = { reference, partition: 0, replicas: brokerIds(...to) };
  await world.settle(world.active.controller.reassign([move]));
  await world.until('they are added', () => world.statuses()[0]?.adding.length === 2);
  await world.until('and have copies', () =>
    to.every((id) => world.member(id).broker.copyOf(topic.topicId, 0) !== undefined),
  );
  await world.settle(world.active.controller.reassign([{ ...move, replicas: null }]));
  await world.until('they are not any more', () => world.statuses()[0]?.adding.length === 0);
  const unknown = { ...move, replicas: brokerIds(0, 9) };
  await assert.rejects(
    world.settle(world.active.controller.reassign([unknown])),
    withCode('INVALID_REQUEST'),
  );
});

test('a draining broker hands over, and its replicas are wanted elsewhere', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2, 3);
  await world.create({ partitions: 8, replicationFactor: 2 });
  const [brokerId = brokerIds(0)[0]!] = brokerIds(1);
  await world.settle(world.active.controller.setBroker({ brokerId, draining: true }));
  await world.until('it leads nothing', () => !world.leaders().includes(1));
  const specs = world.store.contents
    .list('PartitionAssignment')
    .flatMap(({ spec }) => (JSON.parse(spec) as { replicas: number[][] }).replicas);
  assert.ok(specs.every((replicas) => !replicas.includes(1) && replicas.length === 2));
  const { topic } = await world.create({ name: 'other', partitions: 4, replicationFactor: 3 });
  assert.ok(topic.partitions.every(({ replicas }) => !replicas.includes(brokerId)));
});

test('a broker may stop where enough others are in sync: it leads nothing by then', async () => {
  const world = await threeBrokers();
  await world.create({ partitions: 6 });
  const { controller } = world.active;
  const [brokerId = brokerIds(0)[0]!] = brokerIds(1);
  assert.deepEqual(await world.settle(controller.prepareStop({ brokerId })), {
    ready: true,
    waiting: [],
  });
  assert.ok(!world.leaders().includes(1));
  const [dead = 0] = [0, 2].filter((id) => id !== world.activeId());
  world.kill(dead);
  await world.until('another is lost', () => world.statuses().every(({ isr }) => isr.length === 2));
  const { ready, waiting } = await world.settle(controller.prepareStop({ brokerId }));
  assert.deepEqual([ready, waiting.length], [false, 6]);
});
