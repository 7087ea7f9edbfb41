/** Requests to move partitions that are wrong in ways one can name: each is answered by the error that says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileTarget, refused, TOPIC } from './hostileTarget.ts';
import { unary } from './stockClient.ts';

const target = hostileTarget();
const NOBODY = '00000000-0000-4000-8000-000000000000';

test('Reassign refuses what is no partition, no broker, or both wishes at once', async () => {
  const { stock, healthy } = target();
  const reassign = stock.admin.Reassign.bind(stock.admin);
  const cases: [
    what: string,
    code: 'INVALID_REQUEST' | 'UNKNOWN_TOPIC' | 'UNKNOWN_PARTITION',
    change: object,
  ][] = [
    ['no topic', 'INVALID_REQUEST', { partition: 0, replicas: [0] }],
    ['an unknown name', 'UNKNOWN_TOPIC', { topicName: 'nobody', replicas: [0] }],
    ['an unknown id', 'UNKNOWN_TOPIC', { topicId: NOBODY, replicas: [0] }],
    ['an id that is none', 'UNKNOWN_TOPIC', { topicId: '__proto__', replicas: [0] }],
    ['partition -1', 'INVALID_REQUEST', { topicName: TOPIC, partition: -1, replicas: [0] }],
    ['partition 2', 'UNKNOWN_PARTITION', { topicName: TOPIC, partition: 2, replicas: [0] }],
    [
      'a partition far away',
      'UNKNOWN_PARTITION',
      { topicName: TOPIC, partition: 2 ** 31 - 1, replicas: [0] },
    ],
    ['no replicas', 'INVALID_REQUEST', { topicName: TOPIC }],
    ['one twice', 'INVALID_REQUEST', { topicName: TOPIC, replicas: [0, 0] }],
    ['an unknown broker', 'INVALID_REQUEST', { topicName: TOPIC, replicas: [0, 7] }],
    ['broker -1', 'INVALID_REQUEST', { topicName: TOPIC, replicas: [-1] }],
    ['replicas and cancel', 'INVALID_REQUEST', { topicName: TOPIC, replicas: [0], cancel: true }],
  ];
  await refused('no change', ['INVALID_REQUEST'], reassign, { changes: [] });
  const fine = { topicName: TOPIC, replicas: [0] };
  for (const [what, code, change] of cases) {
    await refused(what, [code], reassign, { changes: [fine, change] });
  }
  const many = Array.from({ length: 10_001 }, () => fine);
  await refused('too many', ['INVALID_REQUEST'], reassign, { changes: many });
  const { reassignments } = await unary(stock.admin.ListReassignments.bind(stock.admin), {});
  assert.deepEqual(reassignments, []);
  await unary(reassign, { changes: [fine, { topicName: TOPIC, partition: 1, cancel: true }] });
  await healthy.roundTrip();
});

test('leaders, copies and brokers that are none are refused', async () => {
  const { stock, healthy } = target();
  const move = stock.admin.MoveLeader.bind(stock.admin);
  await refused('no topic', ['INVALID_REQUEST'], move, { brokerId: 0 });
  await refused('no broker', ['INVALID_REQUEST'], move, { topicName: TOPIC, brokerId: -7 });
  await refused('no replica', ['INVALID_REQUEST'], move, { topicName: TOPIC, brokerId: 3 });
  await refused('no partition', ['UNKNOWN_PARTITION'], move, { topicName: TOPIC, partition: 9 });
  await unary(move, { topicName: TOPIC, partition: 1, brokerId: 0 });

  const elect = stock.admin.UncleanElect.bind(stock.admin);
  for (const copy of ['', '0', '0:', '0:0123456789ab:', '-1:0123456789ab', 'x'.repeat(100_000)]) {
    await refused(copy.slice(0, 20), ['INVALID_REQUEST'], elect, { topicName: TOPIC, copy });
  }
  const { copies } = await unary(stock.admin.DescribeCopies.bind(stock.admin), {
    topicName: TOPIC,
  });
  assert.deepEqual(
    copies.map(({ partition, logEnd, sizeBytes }) => [partition, logEnd, sizeBytes]),
    [
      [0, 0, 0],
      [1, 0, 0],
    ],
  );
  const held = { topicName: TOPIC, copy: copies[0]?.copy ?? '' };
  await refused('one that has a leader', ['INVALID_REQUEST'], elect, held);

  const alter = stock.admin.AlterBroker.bind(stock.admin);
  await refused('nothing', ['INVALID_REQUEST'], alter, { brokerId: 0 });
  await refused('broker 9', ['INVALID_REQUEST'], alter, { brokerId: 9, cordoned: true });
  await refused('broker -1', ['INVALID_REQUEST'], alter, { brokerId: -1, draining: true });
  const describe = stock.admin.DescribeCopies.bind(stock.admin);
  await refused('no topic', ['INVALID_REQUEST'], describe, {});
  await refused('an unknown topic', ['UNKNOWN_TOPIC'], describe, { topicName: 'nobody' });
  await healthy.roundTrip();
});

test('a broker is cordoned and uncordoned, as its description says at once', async () => {
  const { stock } = target();
  const described = async () =>
    (await unary(stock.admin.DescribeBrokers.bind(stock.admin), {})).brokers?.[0];
  for (const cordoned of [true, false]) {
    await unary(stock.admin.AlterBroker.bind(stock.admin), { brokerId: 0, cordoned });
    const broker = await described();
    assert.deepEqual([broker?.cordoned, broker?.draining], [cordoned, false]);
  }
});
