/** Faults of disks: emptied, damaged, full. */
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { BATCH_CRC_FROM } from '@millrace/core/batchHeader';
import { brokerDirectory, segmentNames } from '../replica/copyFiles.ts';
import type { SeededRandom } from '../seededRandom.ts';
import { type BeginFault, FaultSkipped, type FaultWorld } from './fault.ts';
import { anyExpendable } from './targets.ts';

const LOOKS_MAX = 1000;
const LOOK_BYTES = 64;

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

export const flipJournal: BeginFault = async (world) => {
  const { broker, why } = await anyExpendable(world);
  const { cluster, damage, random } = world;
  await broker.killAndHold();
  const directory = path.join(brokerDirectory(cluster.dataDir, broker.brokerId), 'journal');
  const files = readdirSync(directory).map((name) => path.join(directory, name));
  const place = writtenPlace(files, random);
  if (place === undefined) {
    broker.letUp();
    throw new FaultSkipped('nothing is written in the journal');
  }
  damage.isOpen = true;
  const at = flipBit(place.file, place.at, random);
  return {
    target: `${why}, byte ${at} of journal file ${path.basename(place.file)}`,
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

/** Most of a journal file may be the zeros that it was made of. */
function writtenPlace(
  files: readonly string[],
  random: SeededRandom,
): { readonly file: string; readonly at: number } | undefined {
  const look = Buffer.alloc(LOOK_BYTES);
  for (let looks = 0; looks < LOOKS_MAX && files.length > 0; looks++) {
    const file = random.pick(files);
    const at = random.below(Math.max(1, statSync(file).size - LOOK_BYTES));
    const fd = openSync(file, 'r');
    readSync(fd, look, 0, LOOK_BYTES, at);
    closeSync(fd);
    if (look.some((byte) => byte !== 0)) return { file, at: at + random.below(LOOK_BYTES) };
  }
  return undefined;
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
