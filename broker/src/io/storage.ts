// The only way to a disk in the broker. Paths are absolute strings.
//
// Errors are those of the operating system: an Error with `code` (ENOENT, EEXIST, EIO, ENOSPC, ...),
// see storageError.ts. Synchronous methods throw them, the others reject with them.
//
// Nothing is durable until it is synced: a file's bytes and size by `sync` of the file; a create,
// unlink or rename by `syncDirectory` of every directory whose entries it changed, which `sync` of
// the file does not include. Any subset of what is unsynced may survive a power loss.

export type OpenMode =
  /** Must exist. */
  | 'read'
  /** Must exist. */
  | 'readwrite'
  /** Reads and writes, created empty if absent. */
  | 'create'
  /** Reads and writes, EEXIST if present. */
  | 'createNew';

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

export interface FreeSpace {
  /** Bytes that this process may still use. */
  readonly free: number;
  readonly total: number;
}

/** Names: what a storage does to directories. */
export interface Directories {
  /** Creates missing parents too; no error if it exists. */
  mkdir(path: string): void;
  /** In no particular order; entries that are neither files nor directories are left out. */
  list(path: string): DirectoryEntry[];
  exists(path: string): boolean;
  /** Bytes of the file at `path`. */
  fileSize(path: string): number;
  /** Atomic for readers; replaces a file at `to`. Durable once both parents are synced. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Removes a directory with all in it; no error if absent. */
  removeTree(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  syncDirectoryNow(path: string): void;
  /** Of the file system that holds `path`. */
  freeBytes(path: string): FreeSpace;
}

export interface Storage extends Directories {
  open(path: string, mode: OpenMode): StorageFile;
  readFile(path: string): Buffer;
  /**
   * The file holds `bytes`, durably, once this resolves, and the old or the new content at any power
   * loss before (safety.md, pitfall 6). One at a time per path: it writes `<path>.tmp`.
   */
  replaceFile(path: string, bytes: Uint8Array): Promise<void>;
}

/**
 * Positions are explicit; pool operations on one file may overtake each other, so that order is the
 * caller's (pitfall 2). Buffers belong to the file until the call returns or resolves (pitfall 3).
 * After an error of a write any part of the bytes may be in the file.
 */
export interface StorageFile {
  readonly path: string;
  size(): number;
  /** Fills `buffer` from `position`; returns fewer bytes than asked only at the end of the file. */
  readNow(buffer: Uint8Array, position: number): number;
  /** As readNow, in the thread pool. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Writes all bytes of all buffers, one after the other from `position`, however many calls it takes. */
  writeNow(buffers: readonly Uint8Array[], position: number): void;
  /** As writeNow, in the thread pool. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>;
  /** Cuts the file to `length`, or extends it with zeros; unsynced like a write. */
  truncate(length: number): void;
  /**
   * Makes durable what was written before the call. If it rejects, the bytes may be lost although
   * they still read back and a later sync succeeds: never retry it (pitfall 5).
   */
  sync(): Promise<void>;
  syncNow(): void;
  /** Idempotent. Operations in the pool end first; later ones fail with EBADF. */
  close(): void;
}
