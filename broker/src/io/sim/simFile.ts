import { type RawFile, vectorsMax } from '../rawFile.ts';
import { StorageError } from '../storageError.ts';
import type { SimDisk } from './simDisk.ts';
import type { SimOperation, SimOperationKind } from './simFaults.ts';
import type { SimFileNode } from './simFileNode.ts';
import type { SimKernel, Verdict } from './simKernel.ts';

/** An open file of one simulated process. */
export class SimFile implements RawFile {
  readonly #path: string;
  readonly #node: SimFileNode;
  readonly #disk: SimDisk;
  readonly #kernel: SimKernel;
  readonly #access: 'read' | 'readwrite';

  constructor(
    path: string,
    node: SimFileNode,
    disk: SimDisk,
    kernel: SimKernel,
    access: 'read' | 'readwrite',
  ) {
    this.#path = path;
    this.#node = node;
    this.#disk = disk;
    this.#kernel = kernel;
    this.#access = access;
  }

  size(): number {
    return this.#node.size;
  }

  readNow(buffer: Uint8Array, position: number): number {
    return this.#kernel.now(
      this.#operation('read', buffer.byteLength),
      this.#reading(buffer, position),
    );
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    const operation = this.#operation('read', buffer.byteLength);
    return this.#kernel.pooled(operation, this.#reading(buffer, position));
  }

  writeNow(buffers: readonly Uint8Array[], position: number): number {
    const operation = this.#operation('write', lengthOf(buffers));
    return this.#kernel.now(operation, this.#writing(buffers, position));
  }

  write(buffers: readonly Uint8Array[], position: number): Promise<number> {
    const operation = this.#operation('write', lengthOf(buffers));
    return this.#kernel.pooled(operation, this.#writing(buffers, position));
  }

  truncate(length: number): void {
    this.#kernel.now(this.#operation('truncate', 0), ({ error }) => {
      this.#requireWritable('ftruncate');
      if (error !== undefined) throw error;
      this.#node.truncate(length);
    });
  }

  sync(): Promise<void> {
    return this.#kernel.pooled(this.#operation('sync', 0), this.#syncing());
  }

  syncNow(): void {
    this.#kernel.now(this.#operation('sync', 0), this.#syncing());
  }

  close(): void {
    // Nothing is held by it.
  }

  #reading(buffer: Uint8Array, position: number) {
    return ({ bytesMax, error }: Verdict): number => {
      if (error !== undefined) throw error;
      const bytes = this.#node.view(position, position + Math.min(buffer.byteLength, bytesMax));
      buffer.set(bytes);
      return bytes.byteLength;
    };
  }

  /** The buffers are read when the bytes reach the disk, so that a caller who changes them is caught. */
  #writing(buffers: readonly Uint8Array[], position: number) {
    return ({ bytesMax, error }: Verdict): number => {
      this.#requireWritable('write');
      if (buffers.length > vectorsMax) throw new StorageError('EINVAL', 'write', this.#path);
      const bytes = Buffer.concat(buffers).subarray(0, bytesMax);
      const room = this.#roomFor(bytes.byteLength, position);
      this.#node.write(bytes.subarray(0, room), position);
      if (error !== undefined) throw error;
      if (room === 0 && bytes.byteLength > 0) throw new StorageError('ENOSPC', 'write', this.#path);
      return room;
    };
  }

  /** A sync covers what was written before it was issued. */
  #syncing() {
    const mark = this.#node.syncMark();
    return ({ error }: Verdict): void => {
      if (error === undefined) return this.#node.syncedUpTo(mark);
      this.#node.syncFailed(mark, this.#kernel.random);
      throw error;
    };
  }

  /** How many of `length` bytes at `position` the disk takes: what lies in the file needs no space. */
  #roomFor(length: number, position: number): number {
    const { capacityBytes } = this.#disk;
    if (capacityBytes === Infinity) return length;
    const inPlace = Math.max(0, this.#node.size - position);
    const free = Math.max(0, capacityBytes - this.#disk.usedBytes);
    return Math.min(length, inPlace + free);
  }

  #requireWritable(syscall: string): void {
    if (this.#access === 'read') throw new StorageError('EBADF', syscall, this.#path);
  }

  #operation(kind: SimOperationKind, bytes: number): SimOperation {
    return { kind, path: this.#path, bytes };
  }
}

function lengthOf(buffers: readonly Uint8Array[]): number {
  let length = 0;
  for (const { byteLength } of buffers) length += byteLength;
  return length;
}
