/**
 * Metrics and log shipping: many small records, compressed and in batches on their way in, taken out batch by batch and
 * written somewhere else. Offsets are committed once that has happened, by hand: nothing is lost, and little is doubled.
 *
 * usage: metrics.ts [HOST:PORT]
 */
import assert from 'node:assert/strict';
import { Millrace } from '@millrace/client/millrace';

const LINES = 5_000;
const LEVELS = ['info', 'info', 'info', 'warn', 'error'] as const;

const client = new Millrace({ server: process.argv[2] ?? '127.0.0.1:7071' });
const topic = `logs-${process.pid}`;
await client.admin.createTopic({ name: topic, partitions: 3, config: { retentionMs: '1d' } });

const producer = client.producer({ compression: 'zstd', lingerMs: 20 });
for (let line = 0; line < LINES; line++) {
  const value = JSON.stringify({ host: `web-${line % 7}`, level: LEVELS[line % 5], line });
  if (!producer.append({ topic, value })) await producer.ready();
}
await producer.flush();

/** Stands for a store of logs: it takes a line twice without harm. */
const shipped = new Map<string, string>();
const consumer = client.consumer({ group: topic, topics: [topic], commit: 'manual' });
let batches = 0;
for await (const { partition, records } of consumer.batches()) {
  for (const { offset, value } of records) shipped.set(`${partition}/${offset}`, String(value));
  await consumer.commit();
  batches += 1;
  if (shipped.size === LINES) break;
}

const perLevel = new Map<string, number>();
for (const line of shipped.values()) {
  const { level } = JSON.parse(line) as { level: string };
  perLevel.set(level, (perLevel.get(level) ?? 0) + 1);
}
assert.deepEqual(Object.fromEntries(perLevel), { info: 3_000, warn: 1_000, error: 1_000 });
console.log(`${LINES} lines in ${batches} batches: ${perLevel.get('error')} errors`);
await client.admin.deleteTopic(topic);
await client.close();
