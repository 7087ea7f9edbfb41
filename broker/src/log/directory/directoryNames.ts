import type { Storage } from '../../io/storage.ts';

/** Names that were created in one directory or removed from it, and how many of these changes a sync has covered. */
export class DirectoryNames {
  readonly #storage: Storage;
  readonly #directory: string;
  #changes = 0;
  #synced = 0;

  constructor(storage: Storage, directory: string) {
    this.#storage = storage;
    this.#directory = directory;
  }

  get isDirty(): boolean {
    return this.#changes !== this.#synced;
  }

  /** In the tick in which the change is made. */
  changed(): void {
    this.#changes += 1;
  }

  /**
   * Makes durable what was changed before the call. Not left out because another such sync is under way: it may not be
   * over when this one must be. Never retry it (pitfall 5).
   */
  async sync(): Promise<void> {
    const changes = this.#changes;
    if (this.#synced >= changes) return;
    await this.#storage.syncDirectory(this.#directory);
    this.#synced = Math.max(this.#synced, changes);
  }
}
