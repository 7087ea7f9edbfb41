/**
 * The ceiling's load process: `node load.ts PORT`. Flat out a message is one batch; at a fixed rate it is one record.
 * Nothing is encoded but CRC-32C is computed, as any client must.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { crc32c } from '@node-rs/crc32';
import type { LoadDriver, LoadProducer } from '../load/driver.ts';
import type { ProduceSettings } from '../load/protocol.ts';
import { serveLoad } from '../load/serve.ts';
import { type Connection, dial } from './connection.ts';
import {
  APPEND,
  CLEAR,
  READ,
  REPLY_HEADER_BYTES,
  REQUEST_HEADER_BYTES,
  request,
} from './message.ts';

const IN_FLIGHT_BYTES = 8 << 20;
/** Reads outstanding per partition. */
const READS_AHEAD = 2;
const READ_BYTES = 1 << 20;
const port = Number(process.argv[2]);

class CeilingProducer implements LoadProducer {
  readonly #connection: Connection;
  readonly #settings: ProduceSettings;
  readonly #waiting: Map<number, { records: number; onAcked: () => void }>;
  readonly #recordsPerBatch: number;
  readonly #messagesMax: number;
  #next = 0;
  #acked = 0;
  #wake: (() => void) | undefined;

  private constructor(
    connection: Connection,
    settings: ProduceSettings,
    waiting: Map<number, { records: number; onAcked: () => void }>,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#waiting = waiting;
    this.#recordsPerBatch = Math.floor(settings.batchBytes / settings.recordBytes);
    this.#messagesMax = Math.max(8, Math.floor(IN_FLIGHT_BYTES / settings.batchBytes));
  }

  static async open(settings: ProduceSettings): Promise<CeilingProducer> {
    const waiting = new Map<number, { records: number; onAcked: () => void }>();
    const opened: { producer?: CeilingProducer } = {};
    const connection = await dial(port, (ack) => opened.producer?.onAck(ack.readDoubleLE(0)));
    opened.producer = new CeilingProducer(connection, settings, waiting);
    return opened.producer;
  }

  onAck(id: number): void {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return;
    this.#waiting.delete(id);
    this.#acked += entry.records;
    entry.onAcked();
    this.#wake?.();
  }

  acked(): number {
    return this.#acked;
  }

  sendMany(recordsMax: number): number {
    let sent = 0;
    while (sent < recordsMax && this.#waiting.size < this.#messagesMax) {
      const records = Math.min(this.#recordsPerBatch, recordsMax - sent);
      this.#send(this.#next % this.#settings.partitions, records, () => {});
      sent += records;
    }
    return sent;
  }

  async room(): Promise<void> {
    await turn();
    while (this.#waiting.size >= this.#messagesMax) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  sendOne(partition: number, onAcked: () => void): void {
    this.#send(partition, 1, onAcked);
  }

  async finish(): Promise<void> {
    while (this.#waiting.size > 0) await turn();
    this.#connection.close();
  }

  #send(partition: number, records: number, onAcked: () => void): void {
    const id = this.#next++;
    const body = request(APPEND, partition, id, records * this.#settings.recordBytes);
    crc32c(body.subarray(REQUEST_HEADER_BYTES));
    this.#waiting.set(id, { records, onAcked });
    this.#connection.out.send(body);
  }
}

/** The broker knows one topic; a new or deleted one empties it. */
async function clear(): Promise<void> {
  const connection = await new Promise<Connection>((resolve, reject) => {
    const dialled: Promise<Connection> = dial(port, () => void dialled.then(resolve, reject));
    dialled.then(({ out }) => out.send(request(CLEAR, 0, 0, 0)), reject);
  });
  connection.close();
}

const driver: LoadDriver = {
  create: clear,
  delete: clear,
  openProducer: (settings) => CeilingProducer.open(settings),
  async consume({ partitions, recordBytes }, onRecords) {
    const positions = Array.from({ length: partitions }, () => 0);
    const readNext = ({ out }: Connection, partition: number) => {
      const at = positions[partition] ?? 0;
      positions[partition] = at + READ_BYTES;
      out.send(request(READ, partition, at, 0));
    };
    await new Promise<void>((resolve, reject) => {
      const dialled: Promise<Connection> = dial(port, (message) => {
        const bytes = message.subarray(REPLY_HEADER_BYTES);
        if (bytes.length === 0) return;
        crc32c(bytes);
        const next = onRecords(bytes.length / recordBytes, bytes.length);
        void dialled.then((connection) => {
          if (next === 'more') return readNext(connection, message.readDoubleLE(0));
          connection.close();
          return resolve();
        });
      });
      dialled.then((connection) => {
        for (let i = 0; i < partitions * READS_AHEAD; i++) readNext(connection, i % partitions);
      }, reject);
    });
  },
};

await serveLoad(driver);
