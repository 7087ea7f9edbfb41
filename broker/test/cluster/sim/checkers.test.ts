import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Checker, checkers } from './checkers.ts';
import { type FinalLog, History, type Observed, type Produced } from './history.ts';

type CheckerName = keyof typeof checkers;

const partition = 'topic/0';

/** Three records of two producers, acknowledged by all, seen by a reader, on two replicas. */
function goodHistory(): History {
  const history = new History();
  for (const [offset, producer] of ['a', 'b', 'a'].entries()) {
    const record = history.send(producer, partition, 'all', offset * 10);
    settle(record, offset, offset * 10 + 5);
    history.observed.push(seen(offset, record.value));
  }
  const refused = history.send('a', partition, 'all', 100);
  refused.outcome = 'not-applied';
  const unknown = history.send('a', partition, 'all', 200);
  unknown.outcome = 'unknown';
  for (const broker of [0, 1]) history.finals.push(replica(history, broker));
  return history;
}

function settle(record: Produced, offset: number, settledMs: number): void {
  record.outcome = 'acknowledged';
  record.offset = offset;
  record.settledMs = settledMs;
}

function seen(offset: number, value: string): Observed {
  return { partition, offset, value, leaderEpoch: 0, reader: 'r', broker: 0, atMs: 1000 };
}

function replica(history: History, broker: number): FinalLog {
  const records = new Map(history.observed.map(({ offset, value }) => [offset, value]));
  return { partition, broker, isLeader: broker === 0, start: 0, highWatermark: 3, records };
}

function recordsOn(history: History, broker: number): Map<number, string> {
  return (history.finals[broker]?.records ?? assert.fail()) as Map<number, string>;
}

function firstOf(history: History): Produced {
  return history.produced[0] ?? assert.fail();
}

/** What a bug would leave, and which checkers must say so. */
const planted: readonly [
  bug: string,
  noticedBy: readonly CheckerName[],
  plant: (history: History) => void,
][] = [
  [
    'an acknowledged record is gone on all',
    ['lostWrites', 'vanished'],
    (history) => [0, 1].map((broker) => recordsOn(history, broker).delete(1)),
  ],
  [
    'a record that a reader saw is gone, though nobody acknowledged it',
    ['vanished'],
    (history) => {
      firstOf(history).outcome = 'unknown';
      for (const broker of [0, 1]) recordsOn(history, broker).delete(0);
    },
  ],
  [
    'two records are acknowledged at one offset',
    ['inconsistentOffsets', 'lostWrites'],
    (history) => settle(history.send('c', partition, 'all', 300), 1, 305),
  ],
  [
    'two readers see different records at one offset',
    ['inconsistentOffsets'],
    (history) => history.observed.push({ ...seen(1, 'other'), reader: 's' }),
  ],
  [
    'a record is there twice',
    ['duplicates'],
    (history) => [0, 1].map((broker) => recordsOn(history, broker).set(3, firstOf(history).value)),
  ],
  [
    'a record that was refused is there',
    ['phantoms'],
    (history) => {
      const refused = history.produced[3]?.value ?? assert.fail();
      for (const broker of [0, 1]) recordsOn(history, broker).set(3, refused);
    },
  ],
  [
    'a record that nobody sent is seen',
    ['phantoms', 'vanished'],
    (history) => history.observed.push(seen(3, 'zero')),
  ],
  [
    'records of one producer change places',
    ['reordered'],
    (history) => {
      for (const broker of [0, 1]) {
        const records = recordsOn(history, broker);
        const [first, third] = [records.get(0) ?? '', records.get(2) ?? ''];
        records.set(0, third).set(2, first);
      }
    },
  ],
  [
    'a record lies before one that was acknowledged before it was sent',
    ['reordered'],
    (history) => {
      for (const broker of [0, 1]) {
        const records = recordsOn(history, broker);
        const [first, second] = [records.get(0) ?? '', records.get(1) ?? ''];
        records.set(0, second).set(1, first);
      }
    },
  ],
  [
    'a follower has another record below the high watermark',
    ['differingReplicas'],
    (history) => recordsOn(history, 1).set(1, 'other'),
  ],
  [
    'a follower lacks one below the high watermark',
    ['differingReplicas'],
    (history) => recordsOn(history, 1).delete(2),
  ],
  ['a reader passes over a record', ['pollSkips'], (history) => history.observed.splice(1, 1)],
  [
    'a reader goes back',
    ['pollSkips'],
    (history) => history.observed.push(seen(0, firstOf(history).value)),
  ],
];

test('a history without a bug passes all checkers', () => {
  for (const [name, check] of Object.entries<Checker>(checkers)) {
    assert.deepEqual(check(goodHistory()), [], name);
  }
});

for (const [bug, noticedBy, plant] of planted) {
  test(`it is noticed if ${bug}`, () => {
    const history = goodHistory();
    plant(history);
    for (const name of noticedBy) assert.ok(checkers[name](history).length > 0, name);
  });
}

test('each checker has a planted bug', () => {
  const proven = new Set(planted.flatMap(([, noticedBy]) => noticedBy));
  assert.deepEqual([...proven].sort(), Object.keys(checkers).sort());
});

test('what is below the log start, or was acknowledged by its leader alone, is not missed', () => {
  const history = goodHistory();
  settle(history.send('c', partition, 'leader', 300), 7, 305);
  const start = 2;
  history.finals.splice(0, 2, ...history.finals.map((log) => ({ ...log, start })));
  for (const broker of [0, 1]) {
    for (const offset of [0, 1]) recordsOn(history, broker).delete(offset);
  }
  for (const [name, check] of Object.entries<Checker>(checkers)) {
    assert.deepEqual(check(history), [], name);
  }
});
