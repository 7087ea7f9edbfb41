import type { OpenMode, Storage, StorageFile } from '../../io/storage.ts';

/**
 * Descriptors of segments and indexes, the least recently used closed first (safety.md, pitfall 11).
 * A file with unsynced bytes is pinned: the kernel may report a failed write-back only to descriptors
 * that were open then. Operations in the pool outlive the close of their file.
 */
export class OpenFiles {
  readonly #storage: Storage;
  readonly #filesMax: number;
  readonly #pinned = new Map<string, StorageFile>();
  /** In order of use, the latest last. */
  readonly #idle = new Map<string, StorageFile>();

  constructor(storage: Storage, filesMax: number) {
    this.#storage = storage;
    this.#filesMax = filesMax;
  }

  get size(): number {
    return this.#pinned.size + this.#idle.size;
  }

  /** Valid within this tick; operations begun in it may end later. Never close it. */
  use(path: string, mode: OpenMode = 'readwrite'): StorageFile {
    const pinned = this.#pinned.get(path);
    if (pinned !== undefined) return pinned;
    const file = this.#idle.get(path) ?? this.#storage.open(path, mode);
    this.#idle.delete(path);
    this.#idle.set(path, file);
    this.#evict(1);
    return file;
  }

  /** As use, until unpin; pinning twice is pinning once. Pinned files may exceed the limit. */
  pin(path: string, mode: OpenMode = 'readwrite'): StorageFile {
    const file = this.use(path, mode);
    this.#idle.delete(path);
    this.#pinned.set(path, file);
    return file;
  }

  unpin(path: string): void {
    const file = this.#pinned.get(path);
    if (file === undefined) return;
    this.#pinned.delete(path);
    this.#idle.set(path, file);
    this.#evict(0);
  }

  /** Closes it, pinned or not: it is deleted, replaced or no longer served. */
  forget(path: string): void {
    (this.#pinned.get(path) ?? this.#idle.get(path))?.close();
    this.#pinned.delete(path);
    this.#idle.delete(path);
  }

  closeAll(): void {
    for (const file of this.#pinned.values()) file.close();
    for (const file of this.#idle.values()) file.close();
    this.#pinned.clear();
    this.#idle.clear();
  }

  #evict(keep: number): void {
    for (const [path, file] of this.#idle) {
      if (this.size <= this.#filesMax || this.#idle.size <= keep) return;
      this.#idle.delete(path);
      file.close();
    }
  }
}
