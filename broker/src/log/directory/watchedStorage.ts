import { dirname } from 'node:path';
import type {
  DirectoryEntry,
  FreeSpace,
  OpenMode,
  Storage,
  StorageFile,
} from '../../io/storage.ts';
import { isFailedDirectorySync as isFailure } from '../../io/storageError.ts';
import type { RulesOff } from '../logRules.ts';
import { SyncWatch } from './syncWatch.ts';
import { WatchedFile } from './watchedFile.ts';

/**
 * A storage that tells of every failed sync of a file or directory, whoever asked for it and whatever he makes of it:
 * what it should have covered may be lost although a later sync succeeds (safety.md, pitfall 5). Not of a file that
 * was being replaced: the old one stands, and the next attempt writes all of it again.
 */
export class WatchedStorage implements Storage {
  readonly #storage: Storage;
  readonly watch: SyncWatch;

  constructor(storage: Storage, rulesOff: RulesOff) {
    this.#storage = storage;
    this.watch = new SyncWatch(rulesOff);
  }

  open(path: string, mode: OpenMode): StorageFile {
    return new WatchedFile(this.#storage.open(path, mode), this.watch);
  }

  readFile(path: string): Buffer {
    return this.#storage.readFile(path);
  }

  replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    return this.watch.done({
      run: () => this.#storage.replaceFile(path, bytes),
      again: () => this.#storage.syncDirectory(dirname(path)),
      isFailure,
    });
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
    const sync = (): Promise<void> => this.#storage.syncDirectory(path);
    return this.watch.done({ run: sync, again: sync, isFailure });
  }

  syncDirectoryNow(path: string): void {
    const sync = (): void => this.#storage.syncDirectoryNow(path);
    this.watch.doneNow({ run: sync, again: sync, isFailure });
  }

  freeBytes(path: string): FreeSpace {
    return this.#storage.freeBytes(path);
  }
}
