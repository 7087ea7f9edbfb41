import type { RawFile } from './rawFile.ts';
import type { StorageFile } from './storage.ts';
import { StorageError } from './storageError.ts';
import { WriteVectors } from './writeVectors.ts';

/**
 * A StorageFile over a RawFile: loops over short reads and writes (safety.md, pitfall 1: a 3 MiB
 * write to a full disk resolved with 1 MiB), and keeps the descriptor open until the pool has done
 * with it [a closed descriptor's number is given to the next file, which would take the write].
 */
export class CompleteFile implements StorageFile {
  readonly path: string;
  readonly #raw: RawFile;
  #inPool = 0;
  #closed = false;

  constructor(path: string, raw: RawFile) {
    this.path = path;
    this.#raw = raw;
  }

  size(): number {
    return this.#opened('fstat').size();
  }

  readNow(buffer: Uint8Array, position: number): number {
    const raw = this.#opened('read');
    let filled = 0;
    while (filled < buffer.byteLength) {
      const read = raw.readNow(buffer.subarray(filled), position + filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#pooled('read', async (raw) => {
      let filled = 0;
      while (filled < buffer.byteLength) {
        const read = await raw.read(buffer.subarray(filled), position + filled);
        if (read === 0) break;
        filled += read;
      }
      return filled;
    });
  }

  writeNow(buffers: readonly Uint8Array[], position: number): void {
    const raw = this.#opened('write');
    const vectors = new WriteVectors(buffers);
    let at = position;
    while (vectors.left > 0) at += this.#advance(vectors, raw.writeNow(vectors.next(), at));
  }

  write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    return this.#pooled('write', async (raw) => {
      const vectors = new WriteVectors(buffers);
      let at = position;
      while (vectors.left > 0) at += this.#advance(vectors, await raw.write(vectors.next(), at));
    });
  }

  truncate(length: number): void {
    this.#opened('ftruncate').truncate(length);
  }

  sync(): Promise<void> {
    return this.#pooled('fdatasync', (raw) => raw.sync());
  }

  syncNow(): void {
    this.#opened('fdatasync').syncNow();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#inPool === 0) this.#raw.close();
  }

  #advance(vectors: WriteVectors, written: number): number {
    // Without progress the loop would never end.
    if (written === 0) throw new StorageError('EIO', 'write', this.path);
    vectors.advance(written);
    return written;
  }

  #opened(syscall: string): RawFile {
    if (this.#closed) throw new StorageError('EBADF', syscall, this.path);
    return this.#raw;
  }

  async #pooled<Result>(
    syscall: string,
    operate: (raw: RawFile) => Promise<Result>,
  ): Promise<Result> {
    const raw = this.#opened(syscall);
    this.#inPool += 1;
    try {
      return await operate(raw);
    } finally {
      this.#inPool -= 1;
      if (this.#closed && this.#inPool === 0) raw.close();
    }
  }
}
