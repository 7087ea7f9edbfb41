import type { DirectoryEntry, FreeSpace, OpenMode, Storage, StorageFile } from '../io/storage.ts';
import { isFailedDirectorySync } from '../io/storageError.ts';
import { WatchedFile } from './watchedFile.ts';

/**
 * A storage that tells of every failed sync of a file or directory, whoever asked for it and whatever he makes of it:
 * what it should have covered may be lost although a later sync succeeds (safety.md, pitfall 5). Not of a file that
 * was being replaced: the old one stands, and the next attempt writes all of it again.
 */
export class WatchedStorage implements Storage {
  readonly #storage: Storage;
  /** Called before whoever asked hears of it. */
  onFailedSync: (error: unknown) => void = () => {};

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  open(path: string, mode: OpenMode): StorageFile {
    return new WatchedFile(this.#storage.open(path, mode), (error) => this.onFailedSync(error));
  }

  readFile(path: string): Buffer {
    return this.#storage.readFile(path);
  }

  replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    return this.#watched(this.#storage.replaceFile(path, bytes));
  }

  mkdir(path: string): void {
    this.#storage.mkdir(path);
  }

  list(path: string): DirectoryEntry[] {
    return this.#storage.list(path);
  }

  exists(path: string): boolean {
    return this.#storage.exists(path);
  }

  fileSize(path: string): number {
    return this.#storage.fileSize(path);
  }

  rename(from: string, to: string): void {
    this.#storage.rename(from, to);
  }

  unlink(path: string): void {
    this.#storage.unlink(path);
  }

  removeTree(path: string): Promise<void> {
    return this.#storage.removeTree(path);
  }

  syncDirectory(path: string): Promise<void> {
    return this.#watched(this.#storage.syncDirectory(path));
  }

  syncDirectoryNow(path: string): void {
    try {
      this.#storage.syncDirectoryNow(path);
    } catch (error) {
      if (isFailedDirectorySync(error)) this.onFailedSync(error);
      throw error;
    }
  }

  freeBytes(path: string): FreeSpace {
    return this.#storage.freeBytes(path);
  }

  async #watched(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (isFailedDirectorySync(error)) this.onFailedSync(error);
      throw error;
    }
  }
}
