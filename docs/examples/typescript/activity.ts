/**
 * Activity tracking: what users do, in the order in which each of them did it. The user is the key, so that all of one
 * user's events go to one partition; two members of a group share the partitions, and each keeps that order.
 *
 * usage: activity.ts [HOST:PORT]
 */
import assert from 'node:assert/strict';
import { Millrace } from '@millrace/client/millrace';

const USERS = 20;
const EVENTS = 15;

const client = new Millrace({ server: process.argv[2] ?? '127.0.0.1:7071' });
const topic = `activity-${process.pid}`;
await client.admin.createTopic({ name: topic, partitions: 4 });

const producer = client.producer();
for (let event = 0; event < EVENTS; event++) {
  for (let user = 0; user < USERS; user++) {
    const value = JSON.stringify({ event, page: `/products/${event}` });
    if (!producer.append({ topic, key: `user-${user}`, value })) await producer.ready();
  }
}
await producer.flush();

const paths = new Map<string, number[]>();
const members = ['first', 'second'].map((name) => {
  const consumer = client.consumer({ group: topic, topics: [topic] });
  let read = 0;
  const reading = (async () => {
    // When the next record is asked for, the one before is processed: it will be committed.
    for await (const { key, value } of consumer) {
      const { event } = JSON.parse(String(value)) as { event: number };
      const path = paths.get(String(key)) ?? [];
      // At least once: whoever takes a partition over may get its last records again.
      if (!path.includes(event)) path.push(event);
      paths.set(String(key), path);
      read += 1;
      if ([...paths.values()].flat().length === USERS * EVENTS)
        for (const one of members) one.consumer.stop();
    }
    console.log(`the ${name} member read ${read} events`);
  })();
  return { consumer, reading };
});
await Promise.all(members.map(({ reading }) => reading));

for (const path of paths.values()) {
  assert.deepEqual(
    path,
    Array.from({ length: EVENTS }, (_, event) => event),
  );
}
console.log(`${paths.size} users, each in order`);
await client.admin.deleteTopic(topic);
await client.close();
