import type { StorageFile } from '../io/storage.ts';
import { storageErrorCode } from '../io/storageError.ts';

/** A file that tells of every failed sync, whoever asked for it (safety.md, pitfall 5). */
export class WatchedFile implements StorageFile {
  readonly #file: StorageFile;
  readonly #onFailedSync: (error: unknown) => void;

  constructor(file: StorageFile, onFailedSync: (error: unknown) => void) {
    this.#file = file;
    this.#onFailedSync = onFailedSync;
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

  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }

  syncNow(): void {
    try {
      this.#file.syncNow();
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  #tell(error: unknown): void {
    // Of a file that was closed meanwhile nothing was synced, and nobody relies on it.
    if (storageErrorCode(error) !== 'EBADF') this.#onFailedSync(error);
  }
}
