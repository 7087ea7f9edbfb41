/** Members of a group against a real broker: shares, commits, retries, positions, and what moves or does not. */
import assert from 'node:assert/strict';
import test, { after, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerOptions } from '../../src/groups/consumerOptions.ts';
import type { GroupConsumer } from '../../src/groups/groupConsumer.ts';
import { Millrace } from '../../src/millrace.ts';
import { type BrokerProcess, startBrokerProcess } from '../brokerProcess.ts';
import { until } from '../threeBrokers.ts';
import { monotonicMs, OwnerLedger } from './ownerLedger.ts';

interface World {
  readonly client: Millrace;
  /** Of this test alone. */
  readonly topic: string;
  readonly group: string;
  /** Values `<partition>:<n>`, n from `from` on, `count` in each partition. */
  readonly produce: (
    partitions: number,
    count: number,
    from?: number,
    to?: string,
  ) => Promise<void>;
}

// One for all tests: starting it takes longer than most of them.
let broker: BrokerProcess | undefined;
let worlds = 0;
after(() => broker?.[Symbol.asyncDispose]());

async function world(t: TestContext, partitionCount: number): Promise<World> {
  broker ??= await startBrokerProcess();
  const client = new Millrace({ server: broker.server });
  t.after(() => client.close().catch(() => {}));
  const producer = client.producer();
  worlds += 1;
  const topic = `topic-${worlds}`;
  await client.admin.createTopic({ name: topic, partitions: partitionCount });
  const produce: World['produce'] = async (partitions, count, from = 0, to = topic) => {
    const sends: Promise<unknown>[] = [];
    for (let n = from; n < from + count; n++) {
      for (let partition = 0; partition < partitions; partition++) {
        sends.push(producer.send({ topic: to, partition, value: `${partition}:${n}` }));
      }
    }
    await Promise.all(sends);
  };
  return { client, topic, group: `group-${worlds}`, produce };
}

/** Reads on in the background; resolves when it was closed. */
async function loop(consumer: GroupConsumer, member: string, ledger: OwnerLedger): Promise<void> {
  for await (const record of consumer) ledger.delivered(member, record);
}

test('12 partitions are shared as expected by 1, 4, 12 and 15 members, and never owned twice', async (t) => {
  const { client, topic, group, produce } = await world(t, 12);
  const ledger = new OwnerLedger();
  const consumers: GroupConsumer[] = [];
  const loops: Promise<void>[] = [];
  const names = (): string[] => consumers.map((_, index) => `m${index}`);
  const expected: [number, number[]][] = [
    [1, [12]],
    [4, [3, 3, 3, 3]],
    [12, Array.from({ length: 12 }, () => 1)],
    [15, [0, 0, 0, ...Array.from({ length: 12 }, () => 1)]],
  ];
  let from = 0;
  for (const [members, shares] of expected) {
    while (consumers.length < members) {
      const name = `m${consumers.length}`;
      const consumer = client.consumer(ledger.watching(name, { group, topics: [topic] }));
      consumers.push(consumer);
      loops.push(loop(consumer, name, ledger));
    }
    await until(() => ledger.shares(names()).join() === shares.join(), `${members} share`);
    await produce(12, 20, from);
    from += 20;
    await until(() => ledger.records.size === 12 * from, `${members} members read all`);
  }
  const startMs = performance.now();
  const [first, second] = consumers;
  await first?.close();
  await second?.close();
  await until(
    () => ledger.shares(names()).filter((share) => share === 1).length === 12,
    'taken over',
  );
  t.diagnostic(
    `two leaves in a row, taken over after ${Math.round(performance.now() - startMs)} ms`,
  );
  await Promise.all(consumers.map((consumer) => consumer.close()));
  await Promise.all(loops);
  ledger.assertOneOwner();
  assert.equal(ledger.deliveries, ledger.records.size, 'nothing was delivered twice');
});

test('a leave hands its partitions over at once, and partitions that do not move have no gap', async (t) => {
  const { client, topic, group } = await world(t, 12);
  const ledger = new OwnerLedger();
  const options: ConsumerOptions = { group, topics: [topic], assignor: 'sticky' };
  const one = client.consumer(ledger.watching('one', options));
  const reading = [loop(one, 'one', ledger)];
  await until(() => ledger.shares(['one']).join() === '12', 'one has all');
  const acknowledged = new Map<string, number>();
  const producer = client.producer({ lingerMs: 0 });
  let isOver = false;
  const producing = (async () => {
    while (!isOver) {
      for (let partition = 0; partition < 12; partition++) {
        void producer.send({ topic, partition, value: 'v' }).then(({ offset }) => {
          acknowledged.set(`${topic}/${partition}@${offset}`, monotonicMs());
        });
      }
      await delay(10);
    }
    await producer.flush();
  })();
  const two = client.consumer(ledger.watching('two', options));
  reading.push(loop(two, 'two', ledger));
  await until(() => ledger.shares(['one', 'two']).join() === '6,6', 'shared');
  const kept = new Set(ledger.owners.get('one'));
  const leftMs = performance.now();
  await two.close();
  await until(() => ledger.shares(['one']).join() === '12', 'handed over');
  t.diagnostic(`a graceful leave took ${Math.round(performance.now() - leftMs)} ms`);
  assert.ok(performance.now() - leftMs < 5_000);
  isOver = true;
  await producing;
  await until(() => ledger.records.size === acknowledged.size, 'all is read');
  for (const partition of kept) {
    assert.equal(ledger.moves('one', partition), 1, 'it was begun once and never stopped on');
  }
  const lagMs = ledger.longestLagMs(acknowledged, kept);
  t.diagnostic(
    `of ${kept.size} partitions that stayed, the slowest record took ${Math.round(lagMs)} ms`,
  );
  assert.ok(lagMs < 5_000);
  await one.close();
  await Promise.all(reading);
  ledger.assertOneOwner();
});

test('what a handler throws at comes again, in order, while other partitions go on', async (t) => {
  const { client, topic, group, produce } = await world(t, 3);
  await produce(3, 50);
  const consumer = client.consumer({ group, topics: [topic], commitIntervalMs: 20 });
  const done: string[][] = [[], [], []];
  const attempts: number[] = [];
  let isBroken = true;
  const running = consumer.run({
    eachRecord: async ({ partition, value }) => {
      const text = String(value);
      if (text === '1:10' && isBroken) throw new Error('not yet');
      done[partition]?.push(text);
    },
    onError: ({ attempt }) => {
      attempts.push(attempt);
      return 'retry';
    },
    concurrency: 2,
    retryFirstMs: 5,
    retryMaxMs: 50,
  });
  await until(() => done[0]?.length === 50 && done[2]?.length === 50, 'the others are done');
  await until(() => attempts.length >= 3, 'it was tried again');
  assert.equal(done[1]?.length, 10, 'nothing of the partition passes what failed');
  await until(
    () => committedOf(consumer, topic, 1) === 10,
    'what was processed before it is committed',
  );
  isBroken = false;
  await until(() => done[1]?.length === 50, 'it goes on');
  for (const [partition, texts] of done.entries()) {
    assert.deepEqual(
      texts,
      Array.from({ length: 50 }, (_, n) => `${partition}:${n}`),
    );
  }
  assert.deepEqual(
    attempts,
    Array.from(attempts, (_, index) => index + 1),
  );
  await consumer.close();
  await running;
});

test('stop and skip: what failed is left to the next member, or counts as processed', async (t) => {
  const { client, topic, group, produce } = await world(t, 1);
  await produce(1, 10);
  const seen: string[] = [];
  const handler = ({ value }: { value: Buffer | null }): void => {
    if (String(value) === '0:5') throw new TypeError('it is five');
    seen.push(String(value));
  };
  const stopping = client.consumer({ group, topics: [topic] });
  await assert.rejects(stopping.run({ eachRecord: handler, onError: 'stop' }), /it is five/);
  assert.equal(seen.length, 5);
  const skipping = client.consumer({ group, topics: [topic] });
  const running = skipping.run({ eachRecord: handler, onError: 'skip' });
  await until(() => seen.length === 9, 'all but five');
  assert.deepEqual(
    seen,
    [0, 1, 2, 3, 4, 6, 7, 8, 9].map((n) => `0:${n}`),
  );
  skipping.stop();
  await running;
});

test('what was in hand when the loop is left comes again, and what was committed does not', async (t) => {
  const { client, topic, group, produce } = await world(t, 1);
  await produce(1, 10);
  const read = async (commit: 'none' | 'in-hand', options: Partial<ConsumerOptions> = {}) => {
    const consumer = client.consumer({ group, topics: [topic], ...options });
    for await (const record of consumer) {
      if (commit === 'in-hand') await consumer.commit(record);
      return record.offset;
    }
    return -1;
  };
  assert.equal(await read('none'), 0);
  assert.equal(await read('in-hand'), 0);
  assert.equal(await read('in-hand', { commit: 'manual' }), 1);
  assert.equal(await read('none', { commit: 'manual' }), 2);
  assert.equal(await read('none'), 2);
});

test('what is fetched ahead is bounded, and a partition that is held up holds up no other', async (t) => {
  const { client, topic, group, produce } = await world(t, 2);
  const producer = client.producer({ batchBytes: 16 * 1024 });
  const value = Buffer.alloc(8_000, 1);
  for (let n = 0; n < 1_000; n++) {
    if (!producer.append({ topic, partition: 0, value })) await producer.ready();
  }
  await producer.flush();
  const bufferBytesMax = 512 * 1024;
  const consumer = client.consumer({ group, topics: [topic], bufferBytesMax });
  const running = consumer.run({ eachRecord: () => {} });
  await until(() => consumer.assignment.length === 2, 'it has both');
  await until(() => consumer.position({ topic, partition: 1 }).position === 0, 'both have begun');
  consumer.pause([{ topic, partition: 0 }]);
  await consumer.seek({ topic, partition: 0 }, 'earliest');
  await until(() => consumer.bufferedBytes >= bufferBytesMax / 2, 'it fetches ahead');
  await produce(2, 10);
  await until(() => committedOf(consumer, topic, 1) === 10, 'the other goes on');
  // And one reply more than its share.
  assert.ok(consumer.bufferedBytes <= bufferBytesMax / 2 + 256 * 1024, `${consumer.bufferedBytes}`);
  consumer.resume();
  await until(() => committedOf(consumer, topic, 0) === 1_010, 'all is read');
  await consumer.close();
  await running;
});

test('pause, resume and seek concern one partition', async (t) => {
  const { client, topic, group, produce } = await world(t, 2);
  const consumer = client.consumer({ group, topics: [topic], commitIntervalMs: 20 });
  const seen: string[] = [];
  const running = consumer.run({ eachRecord: ({ value }) => void seen.push(String(value)) });
  const of = (partition: number): string[] =>
    seen.filter((text) => text.startsWith(`${partition}:`));
  const first = { topic, partition: 0 };
  await until(() => consumer.assignment.length === 2, 'it has both');
  consumer.pause([first]);
  await produce(2, 10);
  await until(() => of(1).length === 10, 'the other is read');
  assert.equal(of(0).length, 0);
  consumer.resume();
  await until(() => of(0).length === 10, 'it goes on');
  await until(() => committedOf(consumer, topic, 0) === 10, 'it is committed');
  await consumer.seek(first, { offset: 4 });
  await until(() => of(0).length === 16, 'read again from there');
  assert.deepEqual(
    of(0).slice(10),
    [4, 5, 6, 7, 8, 9].map((n) => `0:${n}`),
  );
  consumer.pause();
  await consumer.seek(first, { offset: 7 });
  await until(() => committedOf(consumer, topic, 0) === 7, 'a seek back is committed');
  await consumer.seek(first, 'latest');
  consumer.resume();
  await produce(2, 1, 10);
  await until(() => of(1).length === 11 && of(0).length === 17, 'and on from the end');
  await assert.rejects(consumer.seek({ topic, partition: 9 }, 'latest'), {
    code: 'NOT_OWNER',
  });
  await consumer.close();
  await running;
});

test('a group begins where it is told to, and goes on from its commits after that', async (t) => {
  const { client, topic, group, produce } = await world(t, 1);
  await client.producer().send({ topic, partition: 0, value: 'old', timestampMs: 1_000 });
  await produce(1, 1);
  const first = async (which: string, from: ConsumerOptions['from']): Promise<string> => {
    for await (const { value } of client.consumer({
      group: `${group}-${which}`,
      topics: [topic],
      from,
    }))
      return String(value);
    return 'nothing';
  };
  assert.equal(await first('a', 'earliest'), 'old');
  assert.equal(await first('b', { timestampMs: 2_000 }), '0:0');
  assert.equal(await first('c', { durationMs: 3_600_000 }), '0:0');
  const latest = client.consumer({
    group: `${group}-d`,
    topics: [topic],
    from: 'latest',
    commitIntervalMs: 20,
  });
  const running = latest.run({ eachRecord: () => {} });
  await until(
    () => latest.assignment.length === 1 && committedOf(latest, topic, 0) === 2,
    'its start is committed',
  );
  await latest.close();
  await running;
  await produce(1, 1, 7);
  assert.equal(await first('d', 'latest'), '0:7', 'nothing came between two members');
});

test('a pattern takes in topics that are made later, and partitions that are added', async (t) => {
  const { client, topic, group, produce } = await world(t, 1);
  const consumer = client.consumer({ group, pattern: `${topic}(-b)?` });
  const seen = new Set<string>();
  const running = consumer.run({
    eachBatch: ({ topic: of, records }) => {
      for (const { value } of records) seen.add(`${of}/${String(value)}`);
    },
  });
  await produce(1, 1);
  await until(() => seen.has(`${topic}/0:0`), 'the first');
  await client.admin.createTopic({ name: `${topic}-b`, partitions: 1 });
  await client.admin.createTopic({ name: `${topic}-c`, partitions: 1 });
  await client.admin.alterTopic({ topic, partitions: 2 });
  await produce(1, 1, 0, `${topic}-b`);
  await produce(2, 1, 1);
  await until(
    () => seen.has(`${topic}-b/0:0`) && seen.has(`${topic}/1:1`),
    'those that came later',
  );
  assert.equal(consumer.assignment.length, 3);
  await consumer.close();
  await running;
});

test('a process with the instance id of another takes its place, and the other fails', async (t) => {
  const { client, topic, group, produce } = await world(t, 2);
  const options = { group, topics: [topic], instanceId: 'i', sessionTimeoutMs: 60_000 };
  const before = client.consumer(options);
  const failing = assert.rejects(before.run({ eachRecord: () => {} }), { code: 'FENCED_INSTANCE' });
  await until(() => before.assignment.length === 2, 'it works');
  const after = client.consumer(options);
  const seen: string[] = [];
  const running = after.run({ eachRecord: ({ value }) => void seen.push(String(value)) });
  await failing;
  await produce(2, 1);
  await until(() => seen.length === 2, 'the new one reads');
  await after.close();
  await running;
  // It has not left: the place is kept for it.
  const again = client.consumer(options);
  const last = again.run({ eachRecord: () => {} });
  await until(() => again.assignment.length === 2, 'at once, and not after a minute');
  await again.close({ membership: 'leave' });
  await last;
});

test('what the coordinator refuses for good ends the consumer with its code', async (t) => {
  const { client, topic, group } = await world(t, 1);
  const assignor = 'best' as 'sticky';
  const consumer = client.consumer({ group, topics: [topic], assignor });
  await assert.rejects(consumer.run({ eachRecord: () => {} }), { code: 'UNKNOWN_ASSIGNOR' });
  const wrong: ConsumerOptions[] = [
    { group },
    { group: '', topics: [topic] },
    { group, topics: [topic], messageBytesMax: 0 },
    { group, topics: [topic], bufferBytesMax: Number.NaN },
    { group, topics: [topic], from: { durationMs: -1 } },
  ];
  for (const options of wrong) {
    assert.throws(() => client.consumer(options), { code: 'INVALID_REQUEST' });
  }
});

function committedOf(
  consumer: GroupConsumer,
  topic: string,
  partition: number,
): number | undefined {
  return consumer.position({ topic, partition }).committed;
}
