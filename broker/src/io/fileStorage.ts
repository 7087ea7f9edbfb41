import { dirname } from 'node:path';
import { CompleteFile } from './completeFile.ts';
import type { RawFile } from './rawFile.ts';
import type { DirectoryEntry, FreeSpace, OpenMode, Storage, StorageFile } from './storage.ts';
import { storageErrorCode } from './storageError.ts';

/**
 * What every storage makes of system calls: complete reads and writes, files read and replaced as a
 * whole. The real and the simulated disk extend it, so that both run the same loops and orders.
 */
export abstract class FileStorage implements Storage {
  protected abstract openRaw(path: string, mode: OpenMode): RawFile;
  abstract mkdir(path: string): void;
  abstract list(path: string): DirectoryEntry[];
  abstract exists(path: string): boolean;
  abstract fileSize(path: string): number;
  abstract rename(from: string, to: string): void;
  abstract unlink(path: string): void;
  abstract removeTree(path: string): Promise<void>;
  abstract syncDirectory(path: string): Promise<void>;
  abstract syncDirectoryNow(path: string): void;
  abstract freeBytes(path: string): FreeSpace;

  open(path: string, mode: OpenMode): StorageFile {
    return new CompleteFile(path, this.openRaw(path, mode));
  }

  readFile(path: string): Buffer {
    const file = this.open(path, 'read');
    try {
      const bytes = Buffer.allocUnsafeSlow(file.size());
      return bytes.subarray(0, file.readNow(bytes, 0));
    } finally {
      file.close();
    }
  }

  async replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = `${path}.tmp`;
    try {
      const file = this.open(temporary, 'create');
      try {
        // One may be left of a crash.
        file.truncate(0);
        await file.write([bytes], 0);
        await file.sync();
      } finally {
        file.close();
      }
      this.rename(temporary, path);
    } catch (error) {
      this.#unlinkIfPresent(temporary);
      throw error;
    }
    await this.syncDirectory(dirname(path));
  }

  /** Frees the space of a failed attempt (ENOSPC); the error that matters is the first one. */
  #unlinkIfPresent(path: string): void {
    try {
      this.unlink(path);
    } catch (error) {
      if (storageErrorCode(error) === undefined) throw error;
    }
  }
}
