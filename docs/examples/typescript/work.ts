/**
 * Work distribution: tasks that workers share. A task that fails is tried again, with growing delays, while other partitions
 * go on; one that fails three times is put aside in a topic of its own, so that it does not hold up those behind it.
 *
 * usage: work.ts [HOST:PORT]
 */
import assert from 'node:assert/strict';
import { Millrace } from '@millrace/client/millrace';

const TASKS = 60;
const ATTEMPTS_MAX = 3;

const client = new Millrace({ server: process.argv[2] ?? '127.0.0.1:7071' });
const tasks = `tasks-${process.pid}`;
const failed = `${tasks}-failed`;
await client.admin.createTopic({ name: tasks, partitions: 6 });
await client.admin.createTopic({ name: failed, partitions: 1 });

const producer = client.producer();
for (let task = 0; task < TASKS; task++) {
  await producer.send({ topic: tasks, key: `${task}`, value: `task ${task}` });
}

/** Some fail once, one for ever. */
async function work(task: number): Promise<void> {
  if (task === 13 || (task % 10 === 0 && !tried.has(task))) {
    tried.add(task);
    throw new Error(`task ${task} does not work out`);
  }
}

const tried = new Set<number>();
const done = new Set<number>();
const consumer = client.consumer({ group: tasks, topics: [tasks] });
await consumer.run({
  // One partition is worked on by one at a time, several by several.
  concurrency: 3,
  eachRecord: async ({ key }) => {
    await work(Number(key));
    done.add(Number(key));
    if (done.size === TASKS - 1) consumer.stop();
  },
  onError: async ({ record, error, attempt }) => {
    console.log(`attempt ${attempt}: ${String(error)}`);
    if (attempt < ATTEMPTS_MAX) return 'retry';
    // Once this is stored, the task counts as processed.
    await producer.send({ topic: failed, key: record.key, value: record.value });
    return 'skip';
  },
  retryFirstMs: 10,
});

for await (const { key } of client.consume({ topic: failed, from: 'earliest' })) {
  assert.equal(String(key), '13');
  break;
}
console.log(`${done.size} tasks done, 1 put aside`);
await client.admin.deleteTopic(tasks);
await client.admin.deleteTopic(failed);
await client.close();
