/**
 * Runs one load command on a driver. Only acknowledged records count. Flat out, the window opens after a warm-up and
 * closes before the drain: it shows the steady state.
 */
import type { LoadDriver } from './driver.ts';
import { pace } from './pacer.ts';
import type { LoadCommand, LoadReply } from './protocol.ts';

type Command<Op extends LoadCommand['op']> = Extract<LoadCommand, { op: Op }>;

/** Between two looks at the clock. */
const RECORDS_PER_TURN = 4096;

export async function runCommand(driver: LoadDriver, command: LoadCommand): Promise<LoadReply> {
  switch (command.op) {
    case 'create':
      await driver.create(command.topic, command.partitions, command.replicationFactor);
      return {};
    case 'delete':
      await driver.delete(command.topic);
      return {};
    case 'fill':
      return fill(driver, command);
    case 'produce':
      return produce(driver, command);
    case 'rate':
      return rate(driver, command);
    case 'consume':
      return consume(driver, command);
  }
}

async function fill(driver: LoadDriver, command: Command<'fill'>): Promise<LoadReply> {
  const producer = await driver.openProducer(command);
  const startMs = performance.now();
  for (let left = command.records; left > 0; ) {
    const sent = producer.sendMany(Math.min(left, RECORDS_PER_TURN));
    left -= sent;
    if (left > 0) await producer.room();
  }
  await producer.finish();
  const records = producer.acked();
  return report(records, records, command.recordBytes, startMs, performance.now());
}

async function produce(driver: LoadDriver, command: Command<'produce'>): Promise<LoadReply> {
  const producer = await driver.openProducer(command);
  const opensMs = performance.now() + command.warmupSeconds * 1000;
  let opened: { atMs: number; acked: number } | undefined;
  for (;;) {
    producer.sendMany(RECORDS_PER_TURN);
    await producer.room();
    const nowMs = performance.now();
    if (opened === undefined) {
      if (nowMs >= opensMs) opened = { atMs: nowMs, acked: producer.acked() };
    } else if (nowMs >= opened.atMs + command.seconds * 1000) {
      const records = producer.acked() - opened.acked;
      await producer.finish();
      return report(records, producer.acked(), command.recordBytes, opened.atMs, nowMs);
    }
  }
}

async function rate(driver: LoadDriver, command: Command<'rate'>): Promise<LoadReply> {
  const producer = await driver.openProducer(command);
  const skipped = Math.round(command.warmupSeconds * command.perSecond);
  const total = skipped + Math.round(command.seconds * command.perSecond);
  const latenciesMs = new Float64Array(total);
  const startMs = performance.now();
  await pace(total, 1000 / command.perSecond, (index, dueMs) => {
    producer.sendOne(index % command.partitions, () => {
      latenciesMs[index] = performance.now() - dueMs;
    });
  });
  await producer.finish();
  const windowStartMs = startMs + command.warmupSeconds * 1000;
  const sorted = latenciesMs.subarray(skipped).sort();
  return {
    ...report(total - skipped, total, command.recordBytes, windowStartMs, performance.now()),
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    p999Ms: quantile(sorted, 0.999),
    maxMs: quantile(sorted, 1),
  };
}

/** Whole passes, so that no window counts what was only prefetched. */
async function consume(driver: LoadDriver, command: Command<'consume'>): Promise<LoadReply> {
  const startMs = performance.now();
  let records = 0;
  let bytes = 0;
  do {
    let left = command.records;
    await driver.consume(command, (count, size) => {
      records += count;
      bytes += size;
      left -= count;
      return left > 0 ? 'more' : 'stop';
    });
  } while (performance.now() - startMs < command.seconds * 1000);
  return { records, bytes, bytesAll: bytes, seconds: (performance.now() - startMs) / 1000 };
}

function report(
  records: number,
  recordsAll: number,
  recordBytes: number,
  fromMs: number,
  toMs: number,
): LoadReply {
  const seconds = (toMs - fromMs) / 1000;
  return { records, bytes: records * recordBytes, bytesAll: recordsAll * recordBytes, seconds };
}

/** The value at quantile `q` (0 to 1) of ascending values; 0 of none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  return sorted[Math.floor((sorted.length - 1) * q)] ?? 0;
}
