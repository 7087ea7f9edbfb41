/**
 * A member of a group as a process of its own, which can be killed and paused: prints what it is told and gets, a line of
 * JSON each. SIGTERM closes it.
 *
 * usage: memberProcess.ts SERVERS GROUP TOPIC SESSION_MS
 */
import type { PartitionsCallback } from '../../src/groups/consumerOptions.ts';
import { partitionName } from '../../src/groups/topicPartition.ts';
import { Millrace } from '../../src/millrace.ts';
import { monotonicMs, type OwnerEvent } from './ownerLedger.ts';

const [server = '', group = '', topic = '', sessionMs = ''] = process.argv.slice(2);

function note(event: OwnerEvent): void {
  process.stdout.write(`${JSON.stringify({ atMs: monotonicMs(), event })}\n`);
}

function noting(kind: 'assigned' | 'given-up' | 'lost'): PartitionsCallback {
  return (partitions) => note({ kind, partitions: partitions.map(partitionName) });
}

const client = new Millrace({ server });
const consumer = client.consumer({
  group,
  topics: [topic],
  assignor: 'sticky',
  sessionTimeoutMs: Number(sessionMs),
  commitIntervalMs: 100,
  onAssigned: noting('assigned'),
  onRevoked: noting('given-up'),
  onLost: noting('lost'),
});
process.once('SIGTERM', () => void consumer.close());
for await (const record of consumer) {
  note({ kind: 'delivered', partition: partitionName(record), offset: record.offset });
}
await client.close();
