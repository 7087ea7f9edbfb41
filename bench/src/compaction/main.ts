/**
 * Updates over many keys, at a fixed rate, into a topic that is compacted and into one that is not: what compaction costs
 * those who produce, and whether the log stays bounded. `node bench/src/compaction/main.ts --help`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Millrace } from '@millrace/client/millrace';
import { freePorts, portOpens, startChild } from '../child.ts';
import { pace } from '../load/pacer.ts';

const BROKER = path.join(import.meta.dirname, '../../../broker/start.js');
const PORT_KEYS = ['CLIENT', 'HTTP', 'DATA', 'PEER', 'PEER_DATA'];
const PARTITIONS = 6;
const TOPIC = 'updates';
/** Latencies of what is sent before it are left out. */
const WARM_UP_SECONDS = 5;

const usage = `node bench/src/compaction/main.ts [options]

  --mb-per-second N   of records that are offered      (default: 50)
  --record-bytes N    of one value                     (default: 1024)
  --keys N            that are updated, at random      (default: 1000000)
  --segment-mib N     of one segment                   (default: 32)
  --seconds N         of each of the two runs          (default: 60)
  --dir DIR           for the data                     (default: a temporary one)
`;

interface Settings {
  readonly bytesPerSecond: number;
  readonly recordBytes: number;
  readonly keys: number;
  readonly segmentBytesMax: string;
  readonly seconds: number;
  readonly dir: string;
}

interface Outcome {
  readonly policy: string;
  readonly mbPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly logBytesMost: number;
  readonly logBytes: number;
  readonly compaction: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'mb-per-second': { type: 'string', default: '50' },
      'record-bytes': { type: 'string', default: '1024' },
      keys: { type: 'string', default: '1000000' },
      'segment-mib': { type: 'string', default: '32' },
      seconds: { type: 'string', default: '60' },
      dir: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const dir = values.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-'));
  const settings = {
    bytesPerSecond: Number(values['mb-per-second']) * 1e6,
    recordBytes: Number(values['record-bytes']),
    keys: Number(values.keys),
    segmentBytesMax: `${values['segment-mib']}MiB`,
    seconds: Number(values.seconds),
    dir,
  };
  const outcomes: Outcome[] = [];
  for (const policy of ['delete', 'compact']) outcomes.push(await run(policy, settings));
  console.log(
    '| policy | MB/s | p50 ms | p99 ms | most ms | log, most MB | log, end MB | compaction |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const outcome of outcomes) console.log(row(outcome));
  const [without, with_] = outcomes;
  if (without !== undefined && with_ !== undefined) {
    console.log(
      `\np99 with compaction: ${(with_.p99Ms / without.p99Ms).toFixed(2)} times that without`,
    );
  }
  if (values.dir === undefined) fs.rmSync(dir, { recursive: true, force: true });
}

async function run(policy: string, settings: Settings): Promise<Outcome> {
  const dir = path.join(settings.dir, policy);
  fs.mkdirSync(dir, { recursive: true });
  const [client = 0, http = 0, ...others] = await freePorts(PORT_KEYS.length);
  const env: Record<string, string> = {
    MILLRACE_DATA: path.join(dir, 'data'),
    MILLRACE_LOG_FORMAT: 'json',
    MILLRACE_COMPACTION_CHECK_MS: '1000',
  };
  for (const [at, port] of [client, http, ...others].entries()) {
    env[`MILLRACE_${PORT_KEYS[at]}_PORT`] = `${port}`;
  }
  const logFile = path.join(dir, 'broker.log');
  const broker = startChild(process.execPath, [BROKER], { logFile, stdout: 'log', env });
  try {
    await portOpens(broker, client, 30_000);
    const millrace = new Millrace({ server: `127.0.0.1:${client}` });
    const config = { cleanupPolicy: policy, segmentBytesMax: settings.segmentBytesMax };
    await millrace.admin.createTopic({ name: TOPIC, partitions: PARTITIONS, config });
    const outcome = await produce(millrace, policy, settings);
    const compaction = policy === 'compact' ? await compactionOf(http) : '';
    await millrace.close();
    return { ...outcome, compaction };
  } finally {
    await broker.stop();
    fs.rmSync(path.join(dir, 'data'), { recursive: true, force: true });
  }
}

async function produce(
  millrace: Millrace,
  policy: string,
  { bytesPerSecond, recordBytes, keys, seconds }: Settings,
): Promise<Omit<Outcome, 'compaction'>> {
  const producer = millrace.producer({ lingerMs: 2, batchBytes: 256 * 1024 });
  const perSecond = bytesPerSecond / recordBytes;
  const count = Math.round(perSecond * seconds);
  const value = Buffer.alloc(recordBytes, 'v');
  const latencies: number[] = [];
  const sizes: number[] = [];
  let acknowledged = 0;
  const firstCounted = Math.round(perSecond * WARM_UP_SECONDS);
  const measuring = setInterval(() => {
    void sizeOf(millrace).then((bytes) => sizes.push(bytes));
  }, 2000);
  const startMs = performance.now();
  const outstanding: Promise<void>[] = [];
  await pace(count, 1000 / perSecond, (index, dueMs) => {
    const key = `key-${Math.floor(Math.random() * keys)}`;
    const sent = producer.send({ topic: TOPIC, key, value }).then(() => {
      acknowledged += 1;
      if (index >= firstCounted) latencies.push(performance.now() - dueMs);
    });
    // Those of one moment share a batch: the last one stands for them.
    if (index % 1000 === 0 || index === count - 1) outstanding.push(sent);
    else sent.catch(() => {});
  });
  await Promise.all(outstanding);
  await producer.flush();
  const elapsedMs = performance.now() - startMs;
  clearInterval(measuring);
  latencies.sort((one, other) => one - other);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  const logBytes = await sizeOf(millrace);
  return {
    policy,
    mbPerSecond: (acknowledged * recordBytes) / 1e3 / elapsedMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    logBytesMost: Math.max(logBytes, ...sizes),
    logBytes,
  };
}

async function sizeOf(millrace: Millrace): Promise<number> {
  const { partitionDetails } = await millrace.admin.describeTopic(TOPIC);
  return partitionDetails.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** What the broker says of its passes. */
async function compactionOf(httpPort: number): Promise<string> {
  const page = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  const number = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)`, 'm').exec(page)?.[1]);
  const bytes = (kind: string): string =>
    `${(number(`millrace_compaction_bytes_total\\{kind="${kind}"\\}`) / 1e6).toFixed(0)} MB ${kind}`;
  const passes = `${number('millrace_compaction_seconds_count')} passes`;
  const lag = number('millrace_event_loop_lag_seconds\\{quantile="0.99"\\}') * 1000;
  return [passes, bytes('read'), bytes('written'), bytes('freed'), `loop lag p99 ${lag} ms`].join(
    ', ',
  );
}

function row(outcome: Outcome): string {
  const { policy, mbPerSecond, p50Ms, p99Ms, maxMs, logBytesMost, logBytes, compaction } = outcome;
  const figures = [mbPerSecond, p50Ms, p99Ms, maxMs].map((figure) => figure.toFixed(1));
  const sizes = [logBytesMost, logBytes].map((bytes) => (bytes / 1e6).toFixed(0));
  return `| ${[policy, ...figures, ...sizes, compaction].join(' | ')} |`;
}

await main();
