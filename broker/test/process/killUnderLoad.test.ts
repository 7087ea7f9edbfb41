/** Nothing acknowledged is ever lost to kill -9. MILLRACE_KILLS sets how often (50 for a full run). */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerPorts, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { launch } from './launch.ts';
import { type FoundRecord, PartitionLedger } from './ledger.ts';
import { type Lane, type LoadWriter, sdkWriter, structuredWriter } from './loadWriter.ts';
import { stockClient } from './stockClient.ts';
import { identify, verified } from './uniqueRecord.ts';
import { until } from './until.ts';

const KILLS = Number(process.env.MILLRACE_KILLS ?? 3);
/** Every so many kills the whole log is read again. */
const CHECK_EACH = Math.max(2, Math.floor(KILLS / 5));
const LOAD_MS_MAX = 400;

/** Everything small, so that each round rolls segments, fills and recycles journal files and checkpoints. */
const ENV = {
  MILLRACE_JOURNAL_FILE_BYTES: '1MiB',
  MILLRACE_JOURNAL_FILES_MAX: '3',
  MILLRACE_CHECKPOINT_MS: '150',
  MILLRACE_TAIL_CACHE_BYTES: '1MiB',
  MILLRACE_OPEN_SEGMENTS_MAX: '8',
  MILLRACE_FREE_SPACE_BYTES_MIN: '1MiB',
  MILLRACE_LOG_LEVEL: 'info',
};
const SMALL = { segmentBytesMax: '192KiB', batchBytesMax: '32KiB', indexIntervalBytes: '512' };

const TOPICS = [
  { name: 'plain', partitions: 3, compression: 'none', config: SMALL },
  { name: 'zstd', partitions: 2, compression: 'zstd', config: SMALL },
  { name: 'gzip', partitions: 1, compression: 'gzip', config: SMALL },
  { name: 'async', partitions: 2, compression: 'none', config: { ...SMALL, durability: 'async' } },
  { name: 'records', partitions: 1, compression: 'none', config: SMALL },
] as const;

test(`records acknowledged before each of ${KILLS} kill -9 are all there, unchanged, once and in order`, async (t) => {
  const first = await startBrokerProcess({ env: ENV });
  t.after(() => first[Symbol.asyncDispose]());
  let broker = first;
  t.after(() => broker.kill());
  const client = new Millrace({ server: broker.server });
  const stock = stockClient(broker.server);
  t.after(() => client.close().catch(() => {}));
  t.after(() => stock.close());

  for (const { name, partitions, config } of TOPICS) {
    await client.admin.createTopic({ name, partitions, config });
  }
  let checking: Promise<void> | undefined;
  const mayWrite = async (): Promise<void> => await checking;
  const lanes = TOPICS.flatMap(({ name, partitions, compression }) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic: name,
      partition,
      writer: `${name}-${partition}`,
      ledger: new PartitionLedger(`${name}/${partition}`),
      mayWrite,
      compression,
    })),
  );
  const producers = new Map(
    (['none', 'gzip', 'zstd'] as const).map((compression) => [
      compression,
      client.producer({ compression, lingerMs: 1, batchBytes: 8 * 1024 }),
    ]),
  );
  const writers: LoadWriter[] = lanes.map((lane) => {
    const producer = producers.get(lane.compression);
    assert.ok(producer !== undefined);
    return lane.topic === 'records' ? structuredWriter(stock, lane) : sdkWriter(producer, lane);
  });
  const readers = TOPICS.map(({ name }) => follow(client, name, lanes));
  const background = Promise.all([
    ...readers.map(({ done }) => done),
    ...writers.map((w) => w.done),
  ]);
  const total = () => lanes.reduce((sum, { ledger }) => sum + ledger.acknowledgedCount, 0);

  const scenario = async (): Promise<void> => {
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = lanes.map(({ ledger }) => ledger.acknowledgedCount);
      const isEachServed = () =>
        lanes.every(({ ledger }, index) => ledger.acknowledgedCount > (before[index] ?? 0));
      await until(isEachServed, `acknowledgements in every partition (kill ${kill})`);
      await delay(Math.random() * LOAD_MS_MAX);
      await broker.kill();
      if (kill % 3 === 0) await killWhileStarting(first.dataDir, first.ports);
      broker = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports, env: ENV });
      if (kill % CHECK_EACH === 0) {
        // On a slow machine the writers would write more meanwhile than this reads.
        checking = checkWhole(client, lanes);
        await checking;
      }
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    await checkWhole(client, lanes);
    for (const { ledger } of lanes) ledger.checkRefused();
    for (const reader of readers) reader.close();
    for (const reader of readers) await reader.done;
  };
  // A reader or writer that fails ends the test; they resolve only once the scenario ends them.
  const failed = new Promise<never>((_, reject) => {
    background.catch(reject);
  });
  await Promise.race([scenario(), failed]);
  t.diagnostic(`${total()} records acknowledged over ${KILLS} kills`);
});

/** Reads on and on, across every kill. */
function follow(client: Millrace, topic: string, lanes: readonly Lane[]) {
  const consumption = client.consume({ topic, from: 'earliest' });
  const ledgers = ledgersOf(topic, lanes);
  const done = (async () => {
    const next = new Map<number, number>();
    for await (const record of consumption) {
      const { partition, offset } = record;
      assert.equal(offset, next.get(partition) ?? 0, `${topic}/${partition}: no offset is skipped`);
      next.set(partition, offset + 1);
      ledgers.get(partition)?.see(verified(record), offset);
    }
  })();
  done.catch(() => {});
  return { done, close: () => consumption.close() };
}

async function checkWhole(client: Millrace, lanes: readonly Lane[]): Promise<void> {
  for (const { name } of TOPICS) {
    const ledgers = ledgersOf(name, lanes);
    const read = new Map([...ledgers.keys()].map((partition) => [partition, [] as FoundRecord[]]));
    // What is acknowledged while this reads is not in it.
    const acknowledged = new Map([...ledgers].map(([p, ledger]) => [p, ledger.snapshot()]));
    const whole = client.consume({ topic: name, from: 'earliest', stopAtEnd: true });
    for await (const record of whole) {
      verified(record);
      read.get(record.partition)?.push({ record: identify(record.key), offset: record.offset });
    }
    for (const [partition, ledger] of ledgers) {
      const snapshot = acknowledged.get(partition);
      assert.ok(snapshot !== undefined);
      ledger.check(read.get(partition) ?? [], snapshot);
    }
  }
}

function ledgersOf(topic: string, lanes: readonly Lane[]): Map<number, PartitionLedger> {
  const own = lanes.filter((lane) => lane.topic === topic);
  return new Map(own.map(({ partition, ledger }) => [partition, ledger]));
}

/** Recovery is interrupted too, at any of its steps. */
async function killWhileStarting(dataDir: string, ports: BrokerPorts): Promise<void> {
  const { child, exited } = launch({
    ...ENV,
    MILLRACE_DATA: dataDir,
    MILLRACE_CLIENT_PORT: String(ports.client),
    MILLRACE_DATA_PORT: String(ports.data),
    MILLRACE_HTTP_PORT: String(ports.http),
  });
  await delay(150 + Math.random() * 400);
  child.kill('SIGKILL');
  const { signal, stderr } = await exited;
  assert.equal(signal, 'SIGKILL', stderr);
}
