/**
 * Millrace's load process, on the SDK as its users have it: `node load.ts HOST:PORT`. Flat out it counts by batch, with
 * one record object for all; the SDK copies what it appends.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import type { Producer } from '@millrace/client/producer';
import type { LoadDriver, LoadProducer } from '../load/driver.ts';
import type { ProduceSettings } from '../load/protocol.ts';
import { serveLoad } from '../load/serve.ts';

const client = new Millrace({
  server: process.argv[2] ?? '127.0.0.1:7071',
  clientId: 'bench',
  youngGarbage: 'collect',
});

class MillraceProducer implements LoadProducer {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #value: Buffer;
  #acked = 0;
  #failure: Error | undefined;
  #full = false;

  constructor({ topic, recordBytes, batchBytes, lingerMs }: ProduceSettings) {
    this.#topic = topic;
    this.#value = Buffer.alloc(recordBytes, 'x');
    this.#producer = client.producer({
      acks: 'all',
      batchBytes,
      lingerMs,
      onBatch: ({ recordCount, error }) => {
        if (error === undefined) this.#acked += recordCount;
        else this.#failure ??= error;
      },
    });
  }

  acked(): number {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#acked;
  }

  sendMany(recordsMax: number): number {
    const record = { topic: this.#topic, value: this.#value };
    let sent = 0;
    while (sent < recordsMax && !this.#full) {
      this.#full = !this.#producer.append(record);
      sent += 1;
    }
    return sent;
  }

  async room(): Promise<void> {
    if (this.#full) await this.#producer.ready();
    this.#full = false;
    await turn();
  }

  sendOne(partition: number, onAcked: () => void): void {
    this.#producer.append({ topic: this.#topic, partition, value: this.#value }, (error) => {
      if (error === undefined) onAcked();
      else this.#failure ??= error;
    });
  }

  async finish(): Promise<void> {
    await this.#producer.close();
    this.acked();
  }
}

const driver: LoadDriver = {
  async create(name, partitions, replicationFactor) {
    await client.admin.createTopic({ name, partitions, replicationFactor });
  },
  async delete(topic) {
    await client.admin.deleteTopic(topic);
  },
  openProducer: async (settings) => new MillraceProducer(settings),
  async consume({ topic }, onRecords) {
    for await (const { records } of client.consume({ topic, from: 'earliest' }).batches()) {
      const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      if (onRecords(records.length, bytes) === 'stop') return;
    }
  },
};

await serveLoad(driver);
