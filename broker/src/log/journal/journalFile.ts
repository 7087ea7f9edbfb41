import { join } from 'node:path';
import type { Storage, StorageFile } from '../../io/storage.ts';
import type { AllocationPace } from './allocationPace.ts';

/** Groups start on a multiple of this: pages that are synced are never written again. */
export const GROUP_ALIGNMENT_BYTES = 4096;

/** Whole groups only: what is left of a file behind the last multiple of the alignment is not used. */
export function capacityOf(fileBytes: number): number {
  return fileBytes - (fileBytes % GROUP_ALIGNMENT_BYTES);
}

const zeros = Buffer.alloc(1 << 18);
/** A small file is made in pieces, too. */
const PIECES_MIN = 4;

/**
 * One file of the journal, written full of zeros and synced before its first use and then recycled in
 * place, so that a sync of it has data to write and no metadata (performance.md).
 */
export class JournalFile {
  readonly number: number;
  readonly file: StorageFile;
  readonly capacityBytes: number;
  /** Of the last frame written to it since it was begun; what it holds is not needed once a checkpoint is past it. */
  lastSequence = 0;

  constructor(number: number, file: StorageFile, capacityBytes: number) {
    this.number = number;
    this.file = file;
    this.capacityBytes = capacityBytes;
  }

  /**
   * Durable with its name once this resolves. With a pace it is synced piece by piece, each in its turn, so that a sync of
   * the journal beside it never waits for a whole file of zeros; a turn that is refused ends it.
   */
  static async allocate(
    storage: Storage,
    directory: string,
    number: number,
    fileBytes: number,
    pace?: Pick<AllocationPace, 'turn'>,
  ): Promise<JournalFile> {
    const capacityBytes = capacityOf(fileBytes);
    const path = join(directory, String(number));
    const file = storage.open(path, 'create');
    try {
      const pieceBytes = Math.min(zeros.length, Math.ceil(capacityBytes / PIECES_MIN));
      for (let at = 0; at < capacityBytes; at += pieceBytes) {
        await pace?.turn(at / capacityBytes);
        await file.write([zeros.subarray(0, Math.min(pieceBytes, capacityBytes - at))], at);
        if (pace !== undefined) await file.sync();
      }
      await file.sync();
      await storage.syncDirectory(directory);
    } catch (error) {
      file.close();
      throw error;
    }
    return new JournalFile(number, file, capacityBytes);
  }
}

/** The numbers of the journal files in `directory`, ascending. */
export function listJournalFiles(storage: Storage, directory: string): number[] {
  const numbers: number[] = [];
  for (const { name, kind } of storage.list(directory)) {
    if (kind === 'file' && /^\d{1,9}$/.test(name)) numbers.push(Number(name));
  }
  return numbers.sort((a, b) => a - b);
}
