import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  read,
  readSync,
  writev,
  writevSync,
} from 'node:fs';
import type { RawFile } from './rawFile.ts';

/** One open descriptor. Pool operations take no copy of the buffers. */
export class NodeFile implements RawFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  size(): number {
    return fstatSync(this.#descriptor).size;
  }

  readNow(buffer: Uint8Array, position: number): number {
    return readSync(this.#descriptor, buffer, 0, buffer.byteLength, position);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    read(this.#descriptor, buffer, 0, buffer.byteLength, position, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
    return promise;
  }

  writeNow(buffers: readonly Uint8Array[], position: number): number {
    return writevSync(this.#descriptor, buffers, position);
  }

  write(buffers: readonly Uint8Array[], position: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    writev(this.#descriptor, buffers as Uint8Array[], position, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
    return promise;
  }

  truncate(length: number): void {
    ftruncateSync(this.#descriptor, length);
  }

  sync(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    fdatasync(this.#descriptor, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
    return promise;
  }

  syncNow(): void {
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
