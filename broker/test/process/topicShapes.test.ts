/** Topics of many partitions, many topics, and topics whose creation or deletion a kill cuts short. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { until } from './until.ts';

const MANY = Number(process.env.MILLRACE_MANY_TOPICS ?? 100);
const KILLS = Number(process.env.MILLRACE_TOPIC_KILLS ?? 1);

test(`1,000 partitions and ${MANY} topics are created, survive kill -9, and are deleted`, async (t) => {
  const first = await startBrokerProcess();
  let running = first;
  t.after(async () => {
    await running.kill();
    await first[Symbol.asyncDispose]();
  });
  const client = new Millrace({ server: first.server, deadlineMs: 60_000 });
  t.after(() => client.close().catch(() => {}));
  const { admin } = client;

  let from = performance.now();
  await admin.createTopic({ name: 'wide', partitions: 1000 });
  t.diagnostic(`1,000 partitions in ${Math.round(performance.now() - from)} ms`);
  from = performance.now();
  const names = Array.from({ length: MANY }, (_, index) => `topic-${index}`);
  await Promise.all(names.map((name) => admin.createTopic({ name })));
  t.diagnostic(`${MANY} topics in ${Math.round(performance.now() - from)} ms`);

  const producer = client.producer();
  await Promise.all([
    ...Array.from({ length: 1000 }, (_, partition) =>
      producer.send({ topic: 'wide', partition, value: `${partition}` }),
    ),
    ...names.map((topic) => producer.send({ topic, value: topic })),
  ]);
  await first.kill();
  from = performance.now();
  running = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports });
  t.diagnostic(
    `started again with ${1000 + MANY} partitions in ${Math.round(performance.now() - from)} ms`,
  );

  assert.equal((await admin.listTopics({ pageSize: 77 })).length, MANY + 1);
  const values: string[] = [];
  for await (const { value } of client.consume({
    topic: 'wide',
    from: 'earliest',
    stopAtEnd: true,
  })) {
    values.push(String(value));
  }
  assert.deepEqual(
    values.map(Number).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, partition) => partition),
  );
  await admin.alterTopic({ topic: 'wide', partitions: 1200 });
  assert.equal(await sendFresh(first.server, 'wide', 1199), 0);

  from = performance.now();
  await Promise.all([admin.deleteTopic('wide'), ...names.map((name) => admin.deleteTopic(name))]);
  t.diagnostic(`all deleted in ${Math.round(performance.now() - from)} ms`);
  assert.deepEqual(await admin.listTopics(), []);
  const topics = path.join(first.dataDir, 'broker-0', 'topics');
  await until(async () => (await readdir(topics)).length === 0, 'all of them are in the trash');
});

test(`what ${KILLS} kills cut short of creating, altering and deleting is whole at the next start`, async (t) => {
  const first = await startBrokerProcess();
  let broker = first;
  t.after(async () => {
    await broker.kill();
    await first[Symbol.asyncDispose]();
  });
  const client = new Millrace({ server: first.server, deadlineMs: 20_000 });
  t.after(() => client.close().catch(() => {}));
  const { admin } = client;
  for (let kill = 0; kill < KILLS; kill++) {
    const kept = `kept-${kill}`;
    const gone = `gone-${kill}`;
    await admin.createTopic({ name: kept, partitions: 20 });
    await admin.createTopic({ name: gone, partitions: 300 });
    const producer = client.producer();
    await producer.send({ topic: kept, partition: 7, value: 'kept' });
    // Each may or may not have happened when the broker dies; a second try afterwards must succeed.
    const pending = [
      admin.createTopic({ name: `new-${kill}`, partitions: 300 }),
      admin.deleteTopic(gone),
      admin.alterTopic({ topic: kept, partitions: 350, config: { retentionMs: '2d' } }),
    ];
    const settled = Promise.allSettled(pending);
    await delay(Math.random() * 120);
    await broker.kill();
    broker = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports });
    await settled;

    const { topic } = await admin.createTopic({ name: `new-${kill}`, partitions: 300 });
    assert.equal(topic.partitions, 300);
    await admin.deleteTopic(gone).catch((error: unknown) => {
      assert.equal((error as { code?: string }).code, 'UNKNOWN_TOPIC');
    });
    const altered = await admin.alterTopic({
      topic: kept,
      partitions: 350,
      config: { retentionMs: '2d' },
    });
    assert.equal(altered.partitions, 350);
    for (const name of [kept, `new-${kill}`]) {
      const { partitionDetails } = await admin.describeTopic(name);
      for (const detail of partitionDetails) {
        assert.equal(
          detail.error,
          undefined,
          `${name}/${detail.partition}: ${detail.error?.message}`,
        );
      }
      await sendFresh(first.server, name, 299);
    }
    const found = client.consume({
      topic: kept,
      partitions: [7],
      from: 'earliest',
      stopAtEnd: true,
    });
    for await (const { value } of found) assert.equal(String(value), 'kept');
    await admin.deleteTopic(`new-${kill}`);
  }
});

/** By a client that has not heard of the topic before, when it had fewer partitions. */
async function sendFresh(server: string, topic: string, partition: number): Promise<number> {
  const client = new Millrace({ server });
  const { offset } = await client.producer().send({ topic, partition, value: 'served' });
  await client.close();
  return offset;
}
