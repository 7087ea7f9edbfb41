import assert from 'node:assert/strict';
import test from 'node:test';
import { MillraceError } from '@millrace/core/errors';
import { Millrace } from '../src/millrace.ts';
import type { Producer } from '../src/producer.ts';
import { startBrokerProcess } from './brokerProcess.ts';

/** Kills of one broker; more for a longer run. */
const ROUNDS = Number(process.env.MILLRACE_CLIENT_KILLS ?? 3);
const DEADLINE_MS = 20_000;

/** Sends one record after the other into a partition and remembers what became of each. */
class Writer {
  readonly acknowledged = new Map<number, string>();
  readonly unknown = new Set<string>();
  readonly #producer: Producer;
  readonly #partition: number;
  #stopping = false;
  readonly done: Promise<void>;

  constructor(producer: Producer, partition: number) {
    this.#producer = producer;
    this.#partition = partition;
    this.done = this.#run();
  }

  stop(): Promise<void> {
    this.#stopping = true;
    return this.done;
  }

  async #run(): Promise<void> {
    for (let sequence = 0; !this.#stopping; sequence++) {
      const value = `${this.#partition}-${sequence}`;
      const record = { topic: 't', partition: this.#partition, value };
      try {
        const { offset } = await this.#producer.send(record);
        this.acknowledged.set(offset, value);
      } catch (error) {
        assert.ok(error instanceof MillraceError);
        assert.equal(error.outcome, 'unknown', error.message);
        this.unknown.add(value);
      }
    }
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `${what} not within ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('a producer and a consumer survive kill -9: what was acknowledged is read, once and in order', async (t) => {
  const first = await startBrokerProcess();
  t.after(() => first[Symbol.asyncDispose]());
  let broker = first;
  t.after(() => broker.kill());
  const client = new Millrace({ server: broker.server });
  t.after(() => client.close().catch(() => {}));

  await client.admin.createTopic({ name: 't', partitions: 2 });
  const producer = client.producer({ lingerMs: 1 });
  const writers = [new Writer(producer, 0), new Writer(producer, 1)];
  const seen = [new Map<number, string>(), new Map<number, string>()];
  const consumption = client.consume({ topic: 't', from: 'earliest' });
  let next = [0, 0];
  const reading = (async () => {
    for await (const { partition, offset, value } of consumption) {
      assert.ok(offset >= (next[partition] ?? 0), 'offsets only rise');
      next = next.with(partition, offset + 1);
      seen[partition]?.set(offset, String(value));
    }
  })();
  const failed = Promise.all([reading, ...writers.map(({ done }) => done)]);
  const total = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  const scenario = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const wanted = total() + 200;
      await until(() => total() >= wanted, '200 records');
      await broker.kill();
      broker = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports });
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    const complete = () =>
      writers.every(({ acknowledged }, partition) =>
        [...acknowledged.keys()].every((offset) => seen[partition]?.has(offset)),
      );
    await until(complete, 'every acknowledged record');
    consumption.close();
  };
  await Promise.race([scenario(), failed]);

  for (const [partition, { acknowledged, unknown }] of writers.entries()) {
    const read = seen[partition] ?? new Map<number, string>();
    for (const [offset, value] of acknowledged) assert.equal(read.get(offset), value);
    const values = [...read.values()];
    assert.equal(new Set(values).size, values.length, 'nothing twice');
    const sent = new Set([...acknowledged.values(), ...unknown]);
    for (const value of values) assert.ok(sent.has(value), value);
    const sequences = values.map((value) => Number(value.split('-')[1]));
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
      'in the order of sending',
    );
  }
});
