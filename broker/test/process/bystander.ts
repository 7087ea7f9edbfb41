/** A healthy client next to a hostile one: it goes on as if it were alone. */
import assert from 'node:assert/strict';
import { Millrace } from '@millrace/client/millrace';

export interface Bystander {
  /** Produces a record and reads it back; fails if that takes longer than `withinMs`. */
  roundTrip(withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

const TOPIC = 'bystander';

export async function bystander(server: string): Promise<Bystander> {
  const client = new Millrace({ server });
  await client.admin.createTopic({ name: TOPIC });
  const producer = client.producer({ lingerMs: 0 });
  const reading = client.consume({ topic: TOPIC, from: 'earliest' })[Symbol.asyncIterator]();
  let sent = 0;
  return {
    roundTrip: async (withinMs = 5000) => {
      const from = performance.now();
      const value = `healthy ${sent++}`;
      const { offset } = await producer.send({ topic: TOPIC, value });
      const { value: record } = await reading.next();
      assert.ok(record !== undefined);
      assert.deepEqual([record.offset, String(record.value)], [offset, value]);
      const tookMs = performance.now() - from;
      assert.ok(tookMs < withinMs, `a bystander's record took ${Math.round(tookMs)} ms`);
    },
    close: () => client.close().catch(() => {}),
  };
}
