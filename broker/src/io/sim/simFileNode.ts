import type { Random } from '../random.ts';
import { SimBytes } from './simBytes.ts';

/** What of the unsynced changes a power loss leaves. */
export type Keep = 'none' | 'all' | 'random';

const pageBytes = 4096;
const sectorBytes = 512;

/**
 * A change that no sync has covered yet. A write is kept as images of the whole sectors that it
 * touched, as they were after it, no image larger than a page: a disk writes a sector wholly or not
 * at all, and whatever else the sector held goes with it.
 */
type Change =
  | {
      readonly sequence: number;
      readonly kind: 'page';
      readonly at: number;
      readonly image: Buffer;
    }
  | { readonly sequence: number; readonly kind: 'resize'; readonly length: number };

/** The chance that a change which a failed sync covered is on the disk nevertheless. */
const writtenByFailedSync = 0.3;

/**
 * A file of the simulated disk: its content as processes see it (the page cache) and its durable
 * content, apart by the changes since the last sync, of which a power loss keeps any subset.
 */
export class SimFileNode {
  readonly kind = 'file';
  #content = new SimBytes();
  #durable = new SimBytes();
  #unsynced: Change[] = [];
  #sequence = 0;

  get size(): number {
    return this.#content.length;
  }

  /** Valid until the next change. */
  view(from?: number, to?: number): Buffer {
    return this.#content.view(from, to);
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.byteLength === 0) return;
    this.#content.write(bytes, position);
    const end = position + bytes.byteLength;
    let at = position - (position % sectorBytes);
    while (at < end) {
      const pageEnd = at - (at % pageBytes) + pageBytes;
      const imageEnd = Math.min(pageEnd, Math.ceil(end / sectorBytes) * sectorBytes);
      const image = Buffer.from(this.#content.view(at, imageEnd));
      this.#unsynced.push({ sequence: this.#sequence++, kind: 'page', at, image });
      at = pageEnd;
    }
  }

  truncate(length: number): void {
    this.#content.resize(length);
    this.#unsynced.push({ sequence: this.#sequence++, kind: 'resize', length });
  }

  /** What a sync that is issued now covers: to be given to synced or syncFailed when it ends. */
  syncMark(): number {
    return this.#sequence;
  }

  syncedUpTo(mark: number): void {
    for (const change of this.#takeUpTo(mark)) applyTo(this.#durable, change);
  }

  /**
   * The kernel marks the pages clean: they read as new until power is lost, no later sync writes
   * them, and some of them may have reached the disk.
   */
  syncFailed(mark: number, random: Random): void {
    for (const change of this.#takeUpTo(mark)) {
      if (random.float() < writtenByFailedSync) applyTo(this.#durable, change);
    }
  }

  /** Bad hardware: changes the content and what is durable of it. */
  flipBit(position: number, bit: number): void {
    for (const bytes of [this.#content, this.#durable]) {
      const byte = bytes.view(position, position + 1)[0];
      if (byte !== undefined) bytes.write(Uint8Array.of(byte ^ (1 << bit)), position);
    }
    for (const change of this.#unsynced) {
      if (change.kind !== 'page') continue;
      const byte = change.image[position - change.at];
      if (byte !== undefined) change.image[position - change.at] = byte ^ (1 << bit);
    }
  }

  afterPowerLoss(keep: Keep, random: Random): SimFileNode {
    const after = new SimFileNode();
    after.#durable = this.#durable.copy();
    // One file may have been written back wholly while nothing of another was.
    const chance = random.float();
    for (const change of this.#unsynced) {
      if (keep === 'all') applyTo(after.#durable, change);
      else if (keep === 'random') applyPartly(after.#durable, change, chance, random);
    }
    after.#content = after.#durable.copy();
    return after;
  }

  copy(): SimFileNode {
    const copied = new SimFileNode();
    copied.#content = this.#content.copy();
    copied.#durable = this.#durable.copy();
    copied.#unsynced = this.#unsynced.map((change) =>
      change.kind === 'page' ? { ...change, image: Buffer.from(change.image) } : change,
    );
    copied.#sequence = this.#sequence;
    return copied;
  }

  #takeUpTo(mark: number): Change[] {
    const kept = this.#unsynced.findIndex((change) => change.sequence >= mark);
    return this.#unsynced.splice(0, kept === -1 ? this.#unsynced.length : kept);
  }
}

function applyTo(bytes: SimBytes, change: Change): void {
  if (change.kind === 'page') bytes.write(change.image, change.at);
  else bytes.resize(change.length);
}

function applyPartly(bytes: SimBytes, change: Change, chance: number, random: Random): void {
  if (random.float() < chance) return applyTo(bytes, change);
  if (change.kind !== 'page') return;
  switch (random.int(4)) {
    case 0:
      // Torn: of one page, each sector for itself.
      for (let at = 0; at < change.image.byteLength; at += sectorBytes) {
        const sector = change.image.subarray(at, at + sectorBytes);
        if (random.int(2) === 0) bytes.write(sector, change.at + at);
      }
      return;
    case 1:
      // The new size is on the disk, the bytes are not.
      bytes.resize(Math.max(bytes.length, change.at + change.image.byteLength));
      return;
    default:
      return;
  }
}
