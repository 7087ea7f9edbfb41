import { join } from 'node:path';
import type { Random } from '../../../src/io/random.ts';
import { looksLikeBatch, sizeBytesOf } from '../../../src/log/segment/batchFields.ts';
import { decodeExtent } from '../../../src/log/journal/extent.ts';
import { segmentPath } from '../../../src/log/segment/segmentFiles.ts';
import { decodeCheckpoint } from '../../../src/log/journal/checkpointFile.ts';
import {
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameSeal,
  isFrameIntact,
  readFrameHeader,
} from '../../../src/log/journal/journalFrame.ts';
import { GROUP_ALIGNMENT_BYTES } from '../../../src/log/journal/journalFile.ts';
import { pick, type SimWorld } from './simWorld.ts';

export interface Damage {
  readonly what: string;
  /** Whether nobody can know how much was in the journal: a copy may lack the last it acknowledged. */
  readonly mayCutTail: boolean;
  /** Whether every `fsync` copy must be given up. */
  readonly isHole: boolean;
  /** The copy that must be given up, by copyId. */
  readonly mustGiveUp?: string;
}

/** What bad hardware or a bad hand does between two boots; the disk holds nothing unsynced before and after. */
export function damageDisk(world: SimWorld): Damage | undefined {
  const kinds = [
    holeInJournal,
    holeInJournal,
    lostJournal,
    bitInJournal,
    bitInFile,
    bitInFile,
    cutFile,
    lostFile,
  ];
  // Few disks hold what it wants.
  const rare = world.random.int(2) === 0 ? bitInExtent(world) : undefined;
  const damage = rare ?? kinds[world.random.int(kinds.length)]?.(world);
  world.disk = world.disk.afterPowerLoss('all', world.random);
  return damage;
}

interface FoundFrame {
  readonly path: string;
  readonly at: number;
  readonly sizeBytes: number;
  readonly sequence: number;
  readonly header: FrameHeader;
  readonly body: Buffer;
}

interface FoundJournal {
  /** Past the checkpoint. */
  readonly frames: readonly FoundFrame[];
  /** Up to here they were synced. */
  readonly claimed: number;
}

/** Of the journal that the checkpoint names. */
function findFrames(world: SimWorld): FoundJournal | undefined {
  const snapshot = world.disk.snapshot();
  const bytes = snapshot.get(join(world.dataDirectory, 'checkpoints'));
  if (bytes === undefined) return undefined;
  const { journalId, sequence } = decodeCheckpoint(bytes);
  const seal = frameSeal(Buffer.from(journalId, 'hex'));
  const frames: FoundFrame[] = [];
  let claimed = 0;
  for (const [path, content] of snapshot) {
    if (!path.startsWith(`${world.journalDirectory}/`)) continue;
    for (let at = 0; at < content.length; ) {
      const header = readFrameHeader(content, at, content.length - at, seal);
      if (header === undefined || !isFrameIntact(content, at, header.sizeBytes, seal)) {
        at += GROUP_ALIGNMENT_BYTES - (at % GROUP_ALIGNMENT_BYTES);
        continue;
      }
      const { sizeBytes } = header;
      const body = content.subarray(at + FRAME_HEADER_BYTES, at + sizeBytes);
      if (header.sequence > sequence)
        frames.push({ path, at, sizeBytes, sequence: header.sequence, header, body });
      claimed = Math.max(claimed, header.syncedSequence);
      at += sizeBytes;
    }
  }
  return { frames, claimed };
}

/** A frame past the checkpoint that another one names as synced is wiped. */
function holeInJournal(world: SimWorld): Damage | undefined {
  const found = findFrames(world);
  if (found === undefined) return undefined;
  const { frames, claimed } = found;
  const synced = frames.filter((frame) => frame.sequence <= claimed);
  const frame = synced[world.random.int(Math.max(1, synced.length))];
  if (frame === undefined) return undefined;
  world.disk.file(frame.path, 'damage').write(Buffer.alloc(frame.sizeBytes), frame.at);
  return {
    what: `frame ${frame.sequence} of ${frame.path} wiped, frames to ${claimed} were synced`,
    mayCutTail: false,
    isHole: true,
  };
}

/** A bit of what a synced frame vouches for, in a segment, and no later truncation has removed. */
function bitInExtent(world: SimWorld): Damage | undefined {
  const found = findFrames(world);
  if (found === undefined) return undefined;
  const { frames, claimed } = found;
  const extents = frames.filter(
    ({ sequence, header: { kind, copyId } }) =>
      kind === 'extent' &&
      sequence <= claimed &&
      !frames.some(
        (later) =>
          later.sequence > sequence &&
          later.header.kind === 'truncate' &&
          later.header.copyId === copyId,
      ),
  );
  const chosen = extents[world.random.int(Math.max(1, extents.length))];
  if (chosen === undefined) return undefined;
  const { copyId } = chosen.header;
  const model = [...world.copies.values()].find((copy) => copy.copyId === copyId);
  if (model?.stage !== 'there') return undefined;
  const extent = decodeExtent(chosen.header, chosen.body);
  const directory = join(world.dataDirectory, 'topics', model.topicId, String(model.partition));
  const path = segmentPath(directory, extent.segmentBase, '.log');
  const { position: from, bytes } = extent;
  const content = world.disk
    .snapshot()
    .get(path)
    ?.subarray(from, from + bytes);
  if (content === undefined) return undefined;
  const position = from + byteOfBatches(content, world.random);
  world.disk.flipBit(path, position, world.random.int(8));
  return {
    what: `a bit of byte ${position} of ${path} flipped, where ${model.name} has an extent`,
    mayCutTail: false,
    isHole: false,
    // Of one that became async nothing is asked.
    ...(model.durabilities.includes('async') ? {} : { mustGiveUp: copyId }),
  };
}

/** In one case of two one that no batch's own CRC covers: of a base offset, or of a leader epoch. */
function byteOfBatches(batches: Buffer, random: Random): number {
  if (random.int(2) === 0) return random.int(batches.length);
  const starts: number[] = [];
  for (let at = 0; looksLikeBatch(batches, at); at += sizeBytesOf(batches, at)) starts.push(at);
  return (starts[random.int(Math.max(1, starts.length))] ?? 0) + pick(random, [6, 7, 14, 15]);
}

function lostJournal(world: SimWorld): Damage {
  for (const path of journalFiles(world)) world.disk.unlink(path);
  return { what: 'the journal is lost', mayCutTail: false, isHole: true };
}

function bitInJournal(world: SimWorld): Damage | undefined {
  const damage = flipBit(world, journalFiles(world));
  return damage && { ...damage, mayCutTail: true };
}

function bitInFile(world: SimWorld): Damage | undefined {
  return flipBit(world, dataFiles(world));
}

function flipBit(world: SimWorld, paths: string[]): Damage | undefined {
  const path = paths[world.random.int(Math.max(1, paths.length))];
  const size = path === undefined ? 0 : world.disk.file(path, 'damage').size;
  if (path === undefined || size === 0) return undefined;
  const position = world.random.int(size);
  world.disk.flipBit(path, position, world.random.int(8));
  return { what: `a bit of byte ${position} of ${path} flipped`, mayCutTail: false, isHole: false };
}

function cutFile(world: SimWorld): Damage | undefined {
  const paths = dataFiles(world);
  const path = paths[world.random.int(Math.max(1, paths.length))];
  const size = path === undefined ? 0 : world.disk.file(path, 'damage').size;
  if (path === undefined || size === 0) return undefined;
  const length = world.random.int(size);
  world.disk.file(path, 'damage').truncate(length);
  return { what: `${path} cut to ${length} of ${size} bytes`, mayCutTail: false, isHole: false };
}

function lostFile(world: SimWorld): Damage | undefined {
  const paths = dataFiles(world);
  const path = paths[world.random.int(Math.max(1, paths.length))];
  if (path === undefined) return undefined;
  world.disk.unlink(path);
  return { what: `${path} lost`, mayCutTail: false, isHole: false };
}

function journalFiles(world: SimWorld): string[] {
  return [...world.disk.snapshot().keys()].filter((path) =>
    path.startsWith(world.journalDirectory),
  );
}

/** Of one kind first, for segments are many. */
function dataFiles(world: SimWorld): string[] {
  const wanted = pick(world.random, [
    /\.log$/,
    /\.log$/,
    /\.(index|timeindex)$/,
    /epochs$/,
    /json$/,
    /./,
  ]);
  return [...world.disk.snapshot().keys()].filter(
    (path) => !path.startsWith(world.journalDirectory) && wanted.test(path),
  );
}
