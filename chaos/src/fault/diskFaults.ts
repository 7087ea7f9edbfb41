/** Faults of disks: emptied, damaged, full. */
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { BATCH_CRC_FROM } from '@millrace/core/batchHeader';
import { brokerDirectory, segmentNames } from '../replica/copyFiles.ts';
import { FRAME_BODY_FROM, framesToReplay } from '../replica/journalFrames.ts';
import type { SeededRandom } from '../seededRandom.ts';
import { type BeginFault, FaultSkipped, type FaultWorld } from './fault.ts';
import { anyExpendable } from './targets.ts';

export const wipe: BeginFault = async (world) => {
  const { broker, why } = await anyExpendable(world);
  world.damage.isOpen = true;
  await broker.killAndHold();
  const directory = brokerDirectory(world.cluster.dataDir, broker.brokerId);
  // Not the directory itself: a disk may be mounted there.
  for (const name of readdirSync(directory)) {
    rmSync(path.join(directory, name), { recursive: true, force: true });
  }
  return { target: why, heal: async () => broker.letUp() };
};

export const flipSegment: BeginFault = async (world) => {
  const { broker, why } = await anyExpendable(world);
  const { cluster, damage, random } = world;
  await broker.killAndHold();
  const partitions = (await cluster.view.partitions()).length;
  const sealed = Array.from({ length: partitions }, (_, partition) => partition).flatMap(
    (partition) => {
      const directory = damage.copyDirectory(broker.brokerId, partition);
      const names = segmentNames(directory).slice(0, -1);
      return names.map((name) => ({ partition, file: path.join(directory, name) }));
    },
  );
  if (sealed.length === 0) {
    broker.letUp();
    throw new FaultSkipped('there is no sealed segment yet');
  }
  damage.isOpen = true;
  const { partition, file } = random.pick(sealed);
  const at = flipBit(file, coveredByte(file, random), random);
  damage.noteFlipped(broker.brokerId, partition);
  const where = `byte ${at} of ${path.basename(file)} of partition ${partition}`;
  return { target: `${why}, ${where}`, heal: async () => broker.letUp() };
};

/**
 * In a frame that the next boot needs and that a later one names as synced: whose it was is then not known, so every copy of
 * the broker starts anew (safety.md, rule 11). Anywhere else it would change nothing.
 */
export const flipJournal: BeginFault = async (world) => {
  const { broker, why } = await anyExpendable(world);
  const { cluster, damage, random } = world;
  await broker.killAndHold();
  const frames = framesToReplay(brokerDirectory(cluster.dataDir, broker.brokerId));
  const synced = Math.max(0, ...frames.map(({ syncedSequence }) => syncedSequence));
  const needed = frames.filter(({ sequence }) => sequence <= synced);
  if (needed.length === 0) {
    broker.letUp();
    throw new FaultSkipped('the journal holds nothing that is synced and past the checkpoint');
  }
  damage.isOpen = true;
  const { file, from, before, sequence } = random.pick(needed);
  flipBit(file, random.between(from + FRAME_BODY_FROM, before - 1), random);
  return {
    target: `${why}, frame ${sequence} of ${frames.length} that its next boot needs`,
    heal: async () => broker.letUp(),
  };
};

export const diskFull: BeginFault = async ({ smallDisk }: FaultWorld) => {
  if (smallDisk === undefined) throw new FaultSkipped('no broker has a disk of its own');
  smallDisk.fill();
  return { target: `broker ${smallDisk.brokerId}`, heal: async () => smallDisk.free() };
};

/** A byte that the CRC of its batch covers: what is stamped by leaders is not protected by it. */
function coveredByte(file: string, random: SeededRandom): number {
  const bytes = readFileSync(file);
  const places: { readonly from: number; readonly before: number }[] = [];
  for (let at = 0; at + BATCH_CRC_FROM < bytes.length; ) {
    const before = at + 12 + bytes.readInt32BE(at + 8);
    places.push({ from: at + BATCH_CRC_FROM, before });
    at = before;
  }
  const { from, before } = random.pick(places);
  return random.between(from, before - 1);
}

function flipBit(file: string, at: number, random: SeededRandom): number {
  const byte = Buffer.alloc(1);
  const fd = openSync(file, 'r+');
  readSync(fd, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8(0) ^ (1 << random.below(8)), 0);
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
  return at;
}
