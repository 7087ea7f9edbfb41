// helm test: a topic is made, a record acknowledged by all in-sync replicas and read back, and the topic deleted.
import { Millrace } from '/app/client/src/millrace.ts';

const topic = `helm-test-${Date.now()}`;
const client = new Millrace({ server: process.env.MILLRACE_SERVER, clientId: 'helm-test' });
await client.admin.createTopic({ name: topic }, { deadlineMs: 60_000 });
try {
  const producer = client.producer({});
  const { partition, offset } = await producer.send({ topic, key: 'key', value: 'value' });
  console.log(`acknowledged at ${partition}/${offset}`);
  await producer.close();
  let read = 0;
  const wanted = { topic, from: 'earliest', stopAtEnd: true };
  for await (const { records } of client.consume(wanted).batches()) {
    read += records.length;
  }
  if (read !== 1) throw new Error(`read ${read} records, sent 1`);
  console.log('read back');
} finally {
  await client.admin.deleteTopic(topic);
  await client.close();
}
