// Where the journal of the last boot ends, and whether that is a torn tail or a hole (safety.md, rule 11).
import { join } from 'node:path';
import { millraceError } from '@millrace/core/errors';
import type { Storage, StorageFile } from '../../io/storage.ts';
import { isUnreadable, storageErrorCode } from '../../io/storageError.ts';
import { decodeExtent, type Extent } from './extent.ts';
import { listJournalFiles } from './journalFile.ts';
import { type FrameSeal, frameSeal } from './journalFrame.ts';
import { type IntactFrame, readFrames } from './journalReader.ts';
import { decodeTruncation, type Truncation } from '../recovery/truncation.ts';

const sliceBytes = 1 << 20;

/** Frames of one file that follow each other without a gap in their sequence. */
interface Stretch {
  readonly file: number;
  readonly at: number;
  readonly first: number;
  last: number;
}

export interface JournalledExtent extends Extent {
  readonly sequence: number;
  readonly copyId: string;
}

export interface JournalScan {
  /** Whether any frame of this journal was found; else it is not the one that the checkpoint names. */
  readonly found: boolean;
  /** Of the last frame that counts; the sequence of the checkpoint if none follows it. */
  readonly endSequence: number;
  /** Why frames that were synced are missing: corruption of every `fsync` copy (rule 12). */
  readonly hole: string | undefined;
  /** Frames were found past the end: some of what was not synced is lost, some is not. */
  readonly tornTail: boolean;
  /** Intact frames past the end. */
  readonly framesDropped: number;
  /** In order. */
  readonly truncations: readonly Truncation[];
  /** In order: where segments hold what no frame does. */
  readonly extents: readonly JournalledExtent[];
  /** Files with a frame past the checkpoint, and the newest one: kept until a checkpoint names another journal. */
  readonly neededFiles: ReadonlySet<number>;
  readonly stretches: readonly Stretch[];
}

export class JournalScanner {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #seal: FrameSeal;
  readonly #afterSequence: number;
  readonly #stretches: Stretch[] = [];
  readonly #truncations: Truncation[] = [];
  readonly #extents: JournalledExtent[] = [];
  #unreadable: string | undefined;
  /** The highest sequence that a frame names as synced: it is missing if it is past the end. */
  #claimed = 0;
  #highest = 0;
  #newestFile: number | undefined;

  /** `afterSequence`: of the checkpoint that names this journal. */
  constructor(storage: Storage, directory: string, journalId: Buffer, afterSequence: number) {
    this.#storage = storage;
    this.#directory = directory;
    this.#seal = frameSeal(journalId);
    this.#afterSequence = afterSequence;
  }

  /** Throws UNSUPPORTED_VERSION for frames that only a newer version understands, and what the storage throws. */
  async scan(): Promise<JournalScan> {
    for (const number of await this.#filesToRead()) {
      await this.#tryFile(number, (file) => this.#scanFile(number, file));
    }
    this.#stretches.sort((a, b) => a.first - b.first);
    const endSequence = this.#endSequence();
    const hole = this.#hole(endSequence);
    const counts = ({ sequence }: { readonly sequence: number }): boolean =>
      sequence > this.#afterSequence && sequence <= endSequence;
    return {
      found: this.#highest > 0,
      endSequence,
      hole,
      tornTail: hole === undefined && this.#highest > endSequence,
      framesDropped: this.#framesPast(endSequence),
      truncations: this.#truncations.filter(counts).sort((a, b) => a.sequence - b.sequence),
      extents: this.#extents.filter(counts).sort((a, b) => a.sequence - b.sequence),
      neededFiles: this.#neededFiles(),
      stretches: this.#stretches,
    };
  }

  /**
   * Writes every frame past the checkpoint again where it lies, and syncs: after kill -9, or a failed sync, they may be
   * in the page cache alone. Before anything is done that could not be repeated without them.
   */
  async makeDurable(scan: JournalScan): Promise<void> {
    for (const number of scan.neededFiles) {
      const starts = scan.stretches.filter(({ file }) => file === number).map(({ at }) => at);
      const file = this.#storage.open(join(this.#directory, String(number)), 'readwrite');
      try {
        const buffer = Buffer.allocUnsafeSlow(sliceBytes);
        for (let at = Math.min(...starts); at < file.size(); at += buffer.length) {
          const bytes = await file.read(buffer, at);
          await file.write([buffer.subarray(0, bytes)], at);
        }
        await file.sync();
      } finally {
        file.close();
      }
    }
  }

  /** Every frame that counts past the checkpoint, in order. */
  async replay(
    scan: JournalScan,
    visit: (frame: IntactFrame) => Promise<void> | void,
  ): Promise<void> {
    let next = this.#afterSequence + 1;
    for (const { file: number, at, last } of scan.stretches) {
      if (last < next || next > scan.endSequence) continue;
      await this.#withFile(number, async (file) => {
        for await (const frame of readFrames(file, this.#seal, at)) {
          const { sequence } = frame.header;
          if (sequence > last || sequence > scan.endSequence) break;
          if (sequence < next) continue;
          const visited = visit(frame);
          if (visited !== undefined) await visited;
          next = sequence + 1;
        }
      });
    }
  }

  /**
   * Files whose first frame is intact and older than that of another file up to the checkpoint hold
   * nothing past it: frames rise from file to file. But for the newest file, if what was written to its
   * beginning is lost and the old frame still there. Files are begun again in the order in which they
   * were filled, so that this is the one with the oldest first frame.
   */
  async #filesToRead(): Promise<number[]> {
    const firsts = new Map<number, number>();
    for (const number of listJournalFiles(this.#storage, this.#directory)) {
      firsts.set(number, Number.POSITIVE_INFINITY);
      await this.#tryFile(number, async (file) => {
        for await (const { header } of readFrames(file, this.#seal, 0, 1)) {
          firsts.set(number, header.sequence);
        }
      });
    }
    const reused = Math.min(...firsts.values());
    let needed = 0;
    for (const first of firsts.values()) {
      if (first <= this.#afterSequence) needed = Math.max(needed, first);
    }
    return Array.from(firsts)
      .filter(([, first]) => first >= needed || first === reused)
      .map(([number]) => number);
  }

  async #scanFile(number: number, file: StorageFile): Promise<void> {
    let stretch: Stretch | undefined;
    for await (const { header, at, body } of readFrames(file, this.#seal)) {
      const { sequence, syncedSequence } = header;
      if (stretch?.last === sequence - 1) stretch.last = sequence;
      else {
        stretch = { file: number, at, first: sequence, last: sequence };
        this.#stretches.push(stretch);
      }
      if (sequence > this.#highest) {
        this.#highest = sequence;
        this.#newestFile = number;
      }
      this.#claimed = Math.max(this.#claimed, syncedSequence);
      this.#note({ header, at, body });
    }
  }

  #note({ header, body }: IntactFrame): void {
    const { kind, sequence, copyId } = header;
    if (kind === 'truncate') {
      this.#truncations.push(decodeTruncation(header, body));
    } else if (kind === 'extent') {
      this.#extents.push({ ...decodeExtent(header, body), sequence, copyId });
    } else if (kind === 'unknown' && sequence > this.#afterSequence) {
      throw millraceError(
        'UNSUPPORTED_VERSION',
        `frame ${sequence} of the journal in ${this.#directory} is of a kind that this version does not know`,
      );
    }
  }

  #neededFiles(): Set<number> {
    const needed = new Set<number>();
    for (const { file, last } of this.#stretches) if (last > this.#afterSequence) needed.add(file);
    if (this.#newestFile !== undefined) needed.add(this.#newestFile);
    return needed;
  }

  #framesPast(sequence: number): number {
    let frames = 0;
    for (const { first, last } of this.#stretches) if (first > sequence) frames += last - first + 1;
    return frames;
  }

  #endSequence(): number {
    let end = this.#afterSequence;
    for (const { first, last } of this.#stretches) {
      if (first <= end + 1 && last > end) end = last;
    }
    return end;
  }

  #hole(endSequence: number): string | undefined {
    if (this.#unreadable !== undefined) return this.#unreadable;
    if (this.#highest < this.#afterSequence) {
      return `the checkpoint names frame ${this.#afterSequence}, the last one found is ${this.#highest}`;
    }
    if (this.#claimed <= endSequence) return undefined;
    return `frame ${endSequence + 1} is missing; frames up to ${this.#claimed} were synced`;
  }

  /** What cannot be read may be what was acknowledged. */
  async #tryFile(number: number, use: (file: StorageFile) => Promise<void>): Promise<void> {
    try {
      await this.#withFile(number, use);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#unreadable = `journal file ${number} cannot be read (${storageErrorCode(error)})`;
    }
  }

  async #withFile(number: number, use: (file: StorageFile) => Promise<void>): Promise<void> {
    const file = this.#storage.open(join(this.#directory, String(number)), 'read');
    try {
      await use(file);
    } finally {
      file.close();
    }
  }
}
