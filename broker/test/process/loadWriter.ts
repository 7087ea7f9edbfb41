/** Writers that never stop sending, and tell the ledger what became of each record. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { MillraceError } from '@millrace/core/errors';
import type { Producer } from '@millrace/client/producer';
import type { PartitionLedger } from './ledger.ts';
import type { StockClient } from './stockClient.ts';
import { uniqueRecord } from './uniqueRecord.ts';

export interface LoadWriter {
  /** Everything that was sent has been answered once it resolves. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

const IN_FLIGHT_MAX = 100;
/** A pause after so many records keeps what has to be checked in bounds, whatever the machine can do. */
const PAUSE_EACH = 10;
const PAUSE_MS = 10;

export interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly writer: string;
  readonly ledger: PartitionLedger;
  /** Resolves when more may be sent; absent: at any time. */
  readonly mayWrite?: () => Promise<void>;
}

/** Through the SDK, many at once; several writers may share a producer. */
export function sdkWriter(producer: Producer, lane: Lane): LoadWriter {
  let stopping = false;
  const run = async (): Promise<void> => {
    const inFlight = new Set<Promise<void>>();
    for (let sequence = 0; !stopping; sequence++) {
      await lane.mayWrite?.();
      const sent = send(producer, lane, sequence);
      inFlight.add(sent);
      sent.finally(() => inFlight.delete(sent)).catch(() => {});
      if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
      if (sequence % PAUSE_EACH === 0) await delay(PAUSE_MS);
    }
    await Promise.all(inFlight);
  };
  return stoppable(run(), () => {
    stopping = true;
  });
}

async function send(producer: Producer, lane: Lane, sequence: number): Promise<void> {
  const { topic, partition, writer, ledger } = lane;
  const identity = { writer, sequence };
  try {
    const { offset } = await producer.send({ topic, partition, ...uniqueRecord(identity) });
    ledger.acknowledge(identity, offset);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    if (error.outcome === 'unknown') ledger.leaveOpen(identity);
    else assert.equal(error.outcome, 'not-applied', error.message);
  }
}

/** Through unary calls with structured records, one at a time. A failed call may have been applied. */
export function structuredWriter(client: StockClient, lane: Lane): LoadWriter {
  let stopping = false;
  const run = async (): Promise<void> => {
    for (let sequence = 0; !stopping; sequence++) {
      await lane.mayWrite?.();
      const identity = { writer: lane.writer, sequence };
      const offset = await produceOnce(client, lane, sequence).catch(() => undefined);
      if (offset !== undefined) lane.ledger.acknowledge(identity, offset);
      else {
        lane.ledger.leaveOpen(identity);
        await delay(10);
      }
    }
  };
  return stoppable(run(), () => {
    stopping = true;
  });
}

function produceOnce(client: StockClient, lane: Lane, sequence: number): Promise<number> {
  const { topic: topicName, partition, writer } = lane;
  const { key, value, headers } = uniqueRecord({ writer, sequence });
  const record = {
    key: Buffer.from(key),
    ...(value === null ? {} : { value }),
    headers: headers.map((header) => ({
      key: header.key,
      ...(header.value === null ? {} : { value: Buffer.from(header.value) }),
    })),
  };
  return new Promise((resolve, reject) => {
    client.producer.Produce(
      { acks: 'ACKS_ALL', entries: [{ topicName, partition, records: [record] }] },
      { deadline: Date.now() + 20_000 },
      (error, reply) => {
        const offset = reply?.results[0]?.baseOffset;
        if (error === null && offset !== undefined) resolve(Number(offset));
        else reject(error ?? new TypeError('a reply without a result'));
      },
    );
  });
}

function stoppable(done: Promise<void>, stop: () => void): LoadWriter {
  // Observed by whoever awaits `done`; a failure before that must not count as unhandled.
  done.catch(() => {});
  return {
    done,
    stop: () => {
      stop();
      return done;
    },
  };
}
