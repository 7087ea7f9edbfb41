/**
 * A file as the kernel offers it: reads and writes may be short, and a write takes at most
 * `vectorsMax` buffers. CompleteFile makes a StorageFile of it, in one place for the real disk and
 * for the simulated one, so that the simulator's short writes run the code that serves in production.
 */
export interface RawFile {
  size(): number;
  /** Bytes read, 0 at the end of the file. */
  readNow(buffer: Uint8Array, position: number): number;
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Bytes written, perhaps fewer than given. */
  writeNow(buffers: readonly Uint8Array[], position: number): number;
  write(buffers: readonly Uint8Array[], position: number): Promise<number>;
  truncate(length: number): void;
  sync(): Promise<void>;
  syncNow(): void;
  close(): void;
}

/** IOV_MAX of Linux and macOS; a longer list is EINVAL. */
export const vectorsMax = 1024;
