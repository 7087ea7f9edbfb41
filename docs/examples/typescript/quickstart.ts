/**
 * Create a topic, produce, consume and handle an error with the TypeScript SDK.
 *
 * usage: quickstart.ts [HOST:PORT]
 */
import assert from 'node:assert/strict';
import { Millrace } from '@millrace/client/millrace';
import { MillraceError } from '@millrace/core/errors';

const client = new Millrace({ server: process.argv[2] ?? '127.0.0.1:7071' });
const topic = `orders-${process.pid}`;
await client.admin.createTopic({ name: topic, partitions: 3 });

// send() resolves when the broker has synced the record to disk. Records on their way travel in batches.
const producer = client.producer();
const deliveries = await Promise.all(
  ['apples', 'pears', 'plums'].map((fruit, index) =>
    producer.send({ topic, key: `customer-${index % 2}`, value: JSON.stringify({ fruit }) }),
  ),
);
for (const { partition, offset } of deliveries) console.log(`stored at ${partition}/${offset}`);

// Without stopAtEnd it goes on for ever, waiting at the end of the log.
let read = 0;
for await (const record of client.consume({ topic, from: 'earliest', stopAtEnd: true })) {
  console.log(`${record.key?.toString()} ordered ${record.value?.toString()}`);
  read++;
}
assert.equal(read, deliveries.length);

try {
  await producer.send({ topic: 'no-such-topic', value: 'lost?' });
  assert.fail('a topic that does not exist took a record');
} catch (error) {
  if (!(error instanceof MillraceError)) throw error;
  // The outcome says whether sending it again could duplicate it.
  console.log(`refused: ${error.code}, outcome ${error.outcome}, retry ${error.retriable}`);
}

await client.admin.deleteTopic(topic);
await client.close();
