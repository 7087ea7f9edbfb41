import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadDriver, LoadProducer } from '../../src/load/driver.ts';
import { quantile, runCommand } from '../../src/load/generator.ts';

/** Acknowledges everything at the end of the tick; holds at most 1,000 records. */
class MemoryDriver implements LoadDriver {
  readonly sentTo: number[] = [];
  stored = 0;

  async create(): Promise<void> {}
  async delete(): Promise<void> {}

  async openProducer(): Promise<LoadProducer> {
    let inFlight = 0;
    let acked = 0;
    const settle = (records: number) => {
      inFlight -= records;
      acked += records;
      this.stored += records;
    };
    return {
      acked: () => acked,
      sendMany(recordsMax) {
        const records = Math.min(recordsMax, 1000 - inFlight);
        inFlight += records;
        if (records > 0) setImmediate(() => settle(records));
        return records;
      },
      room: () => new Promise((resolve) => setImmediate(resolve)),
      sendOne: (partition, onAcked) => {
        this.sentTo.push(partition);
        inFlight += 1;
        setImmediate(() => {
          settle(1);
          onAcked();
        });
      },
      async finish() {
        while (inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  async consume(
    _from: unknown,
    onRecords: (records: number, bytes: number) => 'more' | 'stop',
  ): Promise<void> {
    let next: 'more' | 'stop' = 'more';
    while (next === 'more') {
      await new Promise((resolve) => setImmediate(resolve));
      next = onRecords(100, 1000);
    }
  }
}

const settings = { topic: 't', partitions: 3, recordBytes: 10, batchBytes: 100, lingerMs: 0 };

test('fill writes exactly the records asked for, whatever memory allows at once', async () => {
  const driver = new MemoryDriver();
  const reply = await runCommand(driver, { op: 'fill', records: 4321, ...settings });
  assert.equal(driver.stored, 4321);
  assert.equal(reply.records, 4321);
  assert.equal(reply.bytes, 43_210);
});

test('produce counts the window without warm-up, and the bytes of all', async () => {
  const driver = new MemoryDriver();
  const command = { op: 'produce', seconds: 0.05, warmupSeconds: 0.05, ...settings } as const;
  const reply = await runCommand(driver, command);
  assert.equal(reply.bytesAll, driver.stored * 10);
  assert.ok(reply.bytes !== undefined && reply.bytes > 0 && reply.bytes < driver.stored * 10);
  assert.ok(reply.seconds !== undefined && reply.seconds >= 0.05);
});

test('a fixed rate offers every record round robin and measures from the intended time', async () => {
  const driver = new MemoryDriver();
  const command = { op: 'rate', seconds: 0.1, warmupSeconds: 0.05, perSecond: 2000 } as const;
  const reply = await runCommand(driver, { ...command, ...settings });
  assert.equal(reply.records, 200);
  assert.equal(driver.sentTo.length, 300);
  assert.deepEqual(driver.sentTo.slice(0, 4), [0, 1, 2, 0]);
  const { p50Ms = -1, p99Ms = -1, maxMs = -1 } = reply;
  assert.ok(p50Ms >= 0 && p50Ms <= p99Ms && p99Ms <= maxMs);
});

test('consume makes whole passes', async () => {
  const command = { op: 'consume', topic: 't', partitions: 3, recordBytes: 10 } as const;
  const reply = await runCommand(new MemoryDriver(), { ...command, records: 500, seconds: 0.02 });
  assert.ok(reply.records !== undefined && reply.records > 0);
  assert.equal(reply.records % 500, 0);
});

test('quantiles of ascending values', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  assert.equal(quantile(values, 0.5), 50);
  assert.equal(quantile(values, 0.99), 99);
  assert.equal(quantile(values, 1), 100);
  assert.equal(quantile([], 0.5), 0);
});
