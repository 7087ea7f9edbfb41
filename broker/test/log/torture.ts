import assert from 'node:assert/strict';
import { BATCH_CRC_FROM, BATCH_HEADER_BYTES, readBatchHeader } from '@millrace/core/batchHeader';
import { crc32c } from '@millrace/core/crc32c';
import { MillraceError } from '@millrace/core/errors';
import type { ClusterId } from '@millrace/core/ids';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { LogConfig } from '../../src/log/partition/logConfig.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { contentOf, DirectoryWorld, onlyExtents, smallLogs, topicId } from './directoryWorld.ts';

const partitions = 2;

/** A small directory whose files are all there, and what it holds. */
export interface Victim {
  readonly disk: SimDisk;
  readonly clusterId: ClusterId;
  readonly config: LogConfig;
  readonly logs: readonly {
    readonly copyId: string;
    readonly content: Buffer;
    readonly end: number;
  }[];
}

/**
 * `crash`: the journal holds frames past the checkpoint, all synced, of large groups only where segments hold them;
 * `close`: there is a marker.
 */
export async function makeVictim(
  ending: 'crash' | 'close',
  groups: 'small groups' | 'large groups' = 'small groups',
): Promise<Victim> {
  const world = new DirectoryWorld(1, formattedDisk('/'));
  const options = groups === 'large groups' ? { bypass: onlyExtents } : {};
  const directory = (await world.open(options)) ?? assert.fail();
  const config = { ...smallLogs, segmentBytesMax: 1200, indexIntervalBytes: 200 };
  for (let partition = 0; partition < partitions; partition++) {
    await world.createLog(config, partition);
  }
  const logs = [...directory.all()];
  for (let batch = 0; batch < 12; batch++) {
    if (batch === 8) await world.run(directory.checkpoint());
    for (const log of logs) await world.appendDurably(log, `batch ${batch}`, 150 + batch);
  }
  const found = [];
  for (const log of logs) {
    const content = (await world.run(contentOf(log))) ?? assert.fail();
    found.push({ copyId: log.copyId as string, content, end: log.logEndOffset as number });
  }
  if (ending === 'close') await world.run(directory.close());
  const { clusterId } = directory;
  return { disk: world.losePower('all'), clusterId, config, logs: found };
}

export interface Expected {
  /** `may be cut` where nobody can know how much was there. */
  readonly tail?: 'is known' | 'may be cut';
  /** `may be wrong`: the known gap of docs/SIMULATION.md, files of plain values without a checksum. */
  readonly values?: 'are right' | 'may be wrong';
}

export interface Injury {
  readonly what: string;
  readonly path: string;
  /** How the file looks. */
  readonly content: Buffer;
}

/** Every length that is shorter. */
export function* cuts(path: string, content: Buffer, step = 1): Generator<Injury> {
  for (let length = 0; length < content.length; length += step) {
    yield { what: `${path} cut to ${length}`, path, content: content.subarray(0, length) };
  }
}

/** Every bit of the bytes in `ranges`, of all by default. */
export function* flips(
  path: string,
  content: Buffer,
  ranges: readonly (readonly [number, number])[] = [[0, content.length]],
): Generator<Injury> {
  for (const [from, to] of ranges) {
    for (let at = from; at < Math.min(to, content.length); at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(content);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        yield { what: `${path} bit ${bit} of byte ${at}`, path, content: flipped };
      }
    }
  }
}

/** Where the headers of the batches in a segment lie. */
export function headersIn(segment: Buffer): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < segment.length; at += readBatchHeader(segment, at).sizeBytes) {
    ranges.push([at, at + BATCH_HEADER_BYTES]);
  }
  return ranges;
}

/**
 * Boots on the injured disk: a typed refusal, or each copy is itself, or says that it is not; and whoever reads gets
 * the right batches, batches that fail their CRC, or a typed error. Says how it went.
 */
export async function bootInjured(
  victim: Victim,
  { what, path, content }: Injury,
  { tail = 'is known', values = 'are right' }: Expected = {},
): Promise<'refused' | 'gave up' | 'kept'> {
  const disk = victim.disk.copy();
  const file = disk.file(path, 'injure');
  file.truncate(0);
  file.write(content, 0);
  const world = new DirectoryWorld(2, disk.afterPowerLoss('all', new SeededRandom(1)));
  let directory: Awaited<ReturnType<DirectoryWorld['open']>>;
  try {
    directory = await world.open();
  } catch (error) {
    assert.ok(error instanceof MillraceError, `${what}: ${String(error)}`);
    return 'refused';
  }
  assert.ok(directory !== undefined, what);
  const areRight = values === 'are right';
  if (areRight) assert.equal(directory.clusterId, victim.clusterId, what);
  let outcome: 'gave up' | 'kept' = 'kept';
  for (const [partition, wanted] of victim.logs.entries()) {
    const log = directory.get(topicId, partition);
    if (log === undefined) {
      const name = `/${topicId}/${partition}`;
      const isReported = directory.recovered.unreadable.some((one) => one.directory.endsWith(name));
      assert.ok(isReported, `${what}: partition ${partition} is missing without a word`);
      outcome = 'gave up';
      continue;
    }
    const isKept = log.copyId === wanted.copyId;
    if (!isKept) outcome = 'gave up';
    if (isKept) {
      if (areRight) assert.deepEqual(log.config, victim.config, what);
      assert.ok(log.logEndOffset <= wanted.end, `${what}: ends at ${log.logEndOffset}`);
      if (tail === 'is known') assert.equal(log.logEndOffset, wanted.end, what);
    }
    await checkContent(world, log, wanted.content, isKept, what);
  }
  world.kill();
  return outcome;
}

async function checkContent(
  world: DirectoryWorld,
  log: Parameters<typeof contentOf>[0],
  wanted: Buffer,
  isKept: boolean,
  what: string,
): Promise<void> {
  let found: Buffer;
  try {
    found = (await world.run(contentOf(log))) ?? assert.fail(what);
  } catch (error) {
    assert.ok(error instanceof MillraceError, `${what}: reading threw ${String(error)}`);
    return;
  }
  const right = new Map<number, Buffer>();
  for (const batch of batchesOf(wanted) ?? [])
    right.set(readBatchHeader(batch, 0).baseOffset, batch);
  const batches = batchesOf(found);
  if (batches === undefined) return;
  const bases = new Set<number>();
  for (const batch of batches) {
    const { baseOffset } = readBatchHeader(batch, 0);
    bases.add(baseOffset);
    // What a consumer notices is not silent.
    if (!hasRightCrc(batch)) continue;
    assert.ok(right.get(baseOffset)?.equals(batch), `${what}: the batch at ${baseOffset} is wrong`);
  }
  if (!isKept) return;
  for (const base of right.keys()) {
    assert.ok(base >= log.logEndOffset || bases.has(base), `${what}: no batch at ${base}`);
  }
}

/** undefined: a header does not parse, which whoever reads it notices. */
function batchesOf(bytes: Buffer): Buffer[] | undefined {
  const batches: Buffer[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const { sizeBytes } = readBatchHeader(bytes, at);
      batches.push(bytes.subarray(at, at + sizeBytes));
      at += sizeBytes;
    }
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
  return batches;
}

function hasRightCrc(batch: Buffer): boolean {
  return crc32c(batch.subarray(BATCH_CRC_FROM)) === readBatchHeader(batch, 0).crc >>> 0;
}
