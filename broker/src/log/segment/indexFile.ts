import { crc32c } from '@millrace/core/crc32c';
import type { Storage } from '../../io/storage.ts';
import type { OpenFiles } from './openFiles.ts';

// Footer of a sealed index: u32 magic, u32 number of entries, u32 CRC-32C of the entries.
export const INDEX_FOOTER_BYTES = 12;
export const INDEX_FOOTER_MAGIC = 0x4d_52_49_58;

/** Entries kept in memory before they are written to the file. */
const tailEntriesMax = 512;
/** Entries that a search reads at once, instead of probing further. */
const blockEntries = 256;

/** Whether the entry at `at` still satisfies a condition that no later entry satisfies once one did not. */
export type EntryCondition = (bytes: Buffer, at: number) => boolean;

/**
 * Fixed-size entries in rising order, derived from a segment: a prefix in the file, the newest in memory.
 * While the segment grows nothing of the file is trusted beyond what this process put there or found in
 * order; a sealed one carries a checksum. Nothing depends on it: whatever fails here makes the index broken,
 * which finds nothing and is rebuilt once sealed.
 */
export class IndexFile {
  readonly path: string;
  readonly entryBytes: number;
  readonly #storage: Storage;
  readonly #files: OpenFiles;
  #fileEntries = 0;
  #tail: Buffer | undefined;
  #tailEntries = 0;
  #state: 'growing' | 'sealed' | 'unverified' | 'broken' = 'growing';
  #isDirty = false;
  #isOnDisk = false;

  constructor(path: string, entryBytes: number, storage: Storage, files: OpenFiles) {
    this.path = path;
    this.entryBytes = entryBytes;
    this.#storage = storage;
    this.#files = files;
  }

  get entries(): number {
    return this.#fileEntries + this.#tailEntries;
  }

  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  /** Of a sealed segment found at boot: verify before use. */
  assumeSealed(): void {
    this.#state = 'unverified';
    this.#isOnDisk = true;
  }

  /**
   * Of the growing segment at boot: keeps the entries of the file up to the first that fails `keep`. What is found may
   * be in the page cache alone [an earlier boot cut the file and was killed: entries that it dropped would be back
   * after a clean stop and a power loss], so that the next sync is due even if this one changes nothing.
   */
  reopen(keep: EntryCondition): void {
    try {
      if (!this.#storage.exists(this.path)) return;
      this.#isOnDisk = true;
      this.#isDirty = true;
      const sizeBytes = this.#storage.fileSize(this.path);
      this.#fileEntries = this.#keptEntries(this.#entriesIn(sizeBytes), keep);
      if (this.#fileEntries * this.entryBytes !== sizeBytes) this.#truncateFile();
    } catch {
      this.markBroken();
    }
  }

  /** Of a segment at boot whose entries nobody can vouch for. */
  discard(): void {
    this.reopen(() => false);
  }

  /** A new last entry; `fill` writes its bytes at the given position. */
  add(fill: (bytes: Buffer, at: number) => void): void {
    if (this.#state !== 'growing') return;
    this.#tail ??= Buffer.allocUnsafeSlow(this.entryBytes * 8);
    if (this.#tailEntries * this.entryBytes === this.#tail.length) {
      const larger = Buffer.allocUnsafeSlow(this.#tail.length * 2);
      this.#tail.copy(larger);
      this.#tail = larger;
    }
    fill(this.#tail, this.#tailEntries * this.entryBytes);
    this.#tailEntries += 1;
    if (this.#tailEntries >= tailEntriesMax) this.flush();
  }

  /** Writes what is in memory to the file, unsynced. */
  flush(): void {
    if (this.#state !== 'growing' || this.#tailEntries === 0 || this.#tail === undefined) return;
    try {
      const file = this.#files.use(this.path, 'create');
      const bytes = this.#tail.subarray(0, this.#tailEntries * this.entryBytes);
      this.#isOnDisk = true;
      this.#isDirty = true;
      file.writeNow([bytes], this.#fileEntries * this.entryBytes);
    } catch {
      this.markBroken();
      return;
    }
    this.#fileEntries += this.#tailEntries;
    this.#tailEntries = 0;
    this.#tail = undefined;
  }

  /** No entry follows: writes all and the footer, unsynced. */
  seal(): void {
    this.flush();
    if (this.#state !== 'growing') return;
    try {
      const file = this.#files.use(this.path, 'create');
      const bytes = Buffer.allocUnsafeSlow(this.#fileEntries * this.entryBytes);
      if (file.readNow(bytes, 0) !== bytes.length) return this.markBroken();
      file.writeNow([footerOf(bytes, this.#fileEntries)], bytes.length);
      file.truncate(bytes.length + INDEX_FOOTER_BYTES);
      this.#isOnDisk = true;
      this.#isDirty = true;
      this.#state = 'sealed';
    } catch {
      this.markBroken();
    }
  }

  /** False if the file is not what seal wrote; then it must be replaced. */
  async verify(): Promise<boolean> {
    if (this.#state !== 'unverified') return this.#state !== 'broken';
    let entries: number | undefined;
    try {
      const file = this.#files.use(this.path);
      const bytes = Buffer.allocUnsafeSlow(file.size());
      if ((await file.read(bytes, 0)) === bytes.length) {
        entries = sealedEntries(bytes, this.entryBytes);
      }
    } catch {
      // Missing or unreadable: as bad as damaged.
    }
    if (this.#state !== 'unverified') return !this.isBroken;
    if (entries === undefined) this.markBroken();
    else {
      this.#state = 'sealed';
      this.#fileEntries = entries;
    }
    return entries !== undefined;
  }

  /** All entries anew, sealed and durable, unless the segment has changed meanwhile. Throws what the storage throws. */
  async replace(entries: Buffer, isCurrent: () => boolean): Promise<void> {
    const count = entries.length / this.entryBytes;
    await this.#storage.replaceFile(this.path, Buffer.concat([entries, footerOf(entries, count)]));
    this.#files.forget(this.path);
    this.#isOnDisk = true;
    this.#isDirty = false;
    if (!isCurrent()) {
      // What a cut has left in it is of batches that are gone.
      this.markBroken();
      this.#remove();
      return;
    }
    this.#fileEntries = count;
    this.#tailEntries = 0;
    this.#state = 'sealed';
  }

  /** A copy of the last entry that satisfies `condition`; undefined if none does, or none can be read. */
  async last(condition: EntryCondition): Promise<Buffer | undefined> {
    if (this.isBroken || !(await this.verify())) return undefined;
    const tail = this.#tail;
    if (tail !== undefined && this.#tailEntries > 0 && condition(tail, 0)) {
      return this.#lastOf(tail, this.#tailEntries, condition);
    }
    let low = 0;
    let high = this.#fileEntries;
    try {
      while (high - low > blockEntries) {
        const middle = (low + high) >>> 1;
        if (condition(await this.#read(middle, 1), 0)) low = middle;
        else high = middle;
      }
      return high === low
        ? undefined
        : this.#lastOf(await this.#read(low, high - low), high - low, condition);
    } catch {
      return undefined;
    }
  }

  /** The last entry of the file; undefined if there is none, or it cannot be read. */
  lastNow(): Buffer | undefined {
    if (this.#state !== 'growing' || this.#fileEntries === 0) return undefined;
    const entry = Buffer.allocUnsafe(this.entryBytes);
    try {
      const read = this.#files
        .use(this.path)
        .readNow(entry, (this.#fileEntries - 1) * entry.length);
      return read === entry.length ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  /** Drops the entries from the first that fails `keep`; the segment grows again. Unsynced. */
  cut(keep: EntryCondition): void {
    if (this.#state === 'broken') return;
    const tail = this.#tail;
    if (this.#state === 'growing' && tail !== undefined && this.#tailEntries > 0 && keep(tail, 0)) {
      let kept = 1;
      while (kept < this.#tailEntries && keep(tail, kept * this.entryBytes)) kept++;
      this.#tailEntries = kept;
      return;
    }
    this.#tailEntries = 0;
    try {
      const sizeBytes = this.#isOnDisk ? this.#storage.fileSize(this.path) : 0;
      // A sealed one that nobody verified is not taken over.
      const candidates = this.#state === 'unverified' ? 0 : this.#fileEntries;
      this.#fileEntries = this.#keptEntries(candidates, keep);
      this.#state = 'growing';
      if (sizeBytes !== this.#fileEntries * this.entryBytes) this.#truncateFile();
    } catch {
      this.markBroken();
      this.#remove();
    }
  }

  /** Finds nothing from now on. */
  markBroken(): void {
    if (this.#state === 'broken') return;
    this.#state = 'broken';
    this.#isDirty = true;
    this.#fileEntries = 0;
    this.#tailEntries = 0;
    this.#tail = undefined;
  }

  /** Makes durable what was written before the call. */
  async sync(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    if (this.#state === 'broken') {
      // What is in the file is not all there should be, and the next boot could not tell.
      if (!this.#storage.exists(this.path)) return;
      this.#files.use(this.path).truncate(0);
    }
    await this.#files.use(this.path).sync();
  }

  /** Without the footer of a time when it was sealed. */
  #entriesIn(sizeBytes: number): number {
    const at = sizeBytes - INDEX_FOOTER_BYTES;
    const footer = Buffer.alloc(INDEX_FOOTER_BYTES);
    if (at >= 0) this.#files.use(this.path).readNow(footer, at);
    const entries = footer.readUInt32BE(4);
    const isFooter = footer.readUInt32BE(0) === INDEX_FOOTER_MAGIC;
    return isFooter && entries * this.entryBytes === at
      ? entries
      : Math.floor(sizeBytes / this.entryBytes);
  }

  /** What could not be cut must not be there at the next boot either. */
  #remove(): void {
    this.#files.forget(this.path);
    if (this.#storage.exists(this.path)) this.#storage.unlink(this.path);
  }

  #truncateFile(): void {
    this.#isDirty = true;
    this.#files.use(this.path).truncate(this.#fileEntries * this.entryBytes);
  }

  #keptEntries(candidates: number, keep: EntryCondition): number {
    let low = 0;
    let high = candidates;
    const entry = Buffer.allocUnsafeSlow(this.entryBytes);
    const file = candidates === 0 ? undefined : this.#files.use(this.path);
    while (low < high && file !== undefined) {
      const middle = (low + high) >>> 1;
      const read = file.readNow(entry, middle * this.entryBytes);
      if (read === this.entryBytes && keep(entry, 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async #read(from: number, count: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(count * this.entryBytes);
    const read = await this.#files.use(this.path).read(bytes, from * this.entryBytes);
    if (read !== bytes.length) throw new RangeError(`${this.path} is short`);
    return bytes;
  }

  #lastOf(bytes: Buffer, count: number, condition: EntryCondition): Buffer | undefined {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (condition(bytes, middle * this.entryBytes)) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    return Buffer.from(bytes.subarray((low - 1) * this.entryBytes, low * this.entryBytes));
  }
}

function footerOf(entries: Buffer, count: number): Buffer {
  const footer = Buffer.alloc(INDEX_FOOTER_BYTES);
  footer.writeUInt32BE(INDEX_FOOTER_MAGIC, 0);
  footer.writeUInt32BE(count, 4);
  footer.writeUInt32BE(crc32c(entries), 8);
  return footer;
}

function sealedEntries(bytes: Buffer, entryBytes: number): number | undefined {
  const at = bytes.length - INDEX_FOOTER_BYTES;
  if (at < 0 || bytes.readUInt32BE(at) !== INDEX_FOOTER_MAGIC) return undefined;
  const count = bytes.readUInt32BE(at + 4);
  if (count * entryBytes !== at) return undefined;
  return crc32c(bytes.subarray(0, at)) === bytes.readUInt32BE(at + 8) ? count : undefined;
}
