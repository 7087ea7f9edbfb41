import type { StorageFile } from '../../io/storage.ts';
import { storageErrorCode } from '../../io/storageError.ts';
import type { SyncWatch } from './syncWatch.ts';

/** Of a file that was closed meanwhile nothing was synced, and nobody relies on it. */
const isFailure = (error: unknown): boolean => storageErrorCode(error) !== 'EBADF';

/** A file that tells of every failed sync, whoever asked for it (safety.md, pitfall 5). */
export class WatchedFile implements StorageFile {
  readonly #file: StorageFile;
  readonly #watch: SyncWatch;

  constructor(file: StorageFile, watch: SyncWatch) {
    this.#file = file;
    this.#watch = watch;
  }

  get path(): string {
    return this.#file.path;
  }

  size(): number {
    return this.#file.size();
  }

  readNow(buffer: Uint8Array, position: number): number {
    return this.#file.readNow(buffer, position);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#file.read(buffer, position);
  }

  writeNow(buffers: readonly Uint8Array[], position: number): void {
    this.#file.writeNow(buffers, position);
  }

  write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    return this.#file.write(buffers, position);
  }

  truncate(length: number): void {
    this.#file.truncate(length);
  }

  sync(): Promise<void> {
    const sync = (): Promise<void> => this.#file.sync();
    return this.#watch.done({ run: sync, again: sync, isFailure });
  }

  syncNow(): void {
    const sync = (): void => this.#file.syncNow();
    this.#watch.doneNow({ run: sync, again: sync, isFailure });
  }

  close(): void {
    this.#file.close();
  }
}
