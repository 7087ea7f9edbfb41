import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { FileStorage } from './fileStorage.ts';
import { NodeFile } from './nodeFile.ts';
import type { RawFile } from './rawFile.ts';
import type { DirectoryEntry, FreeSpace, OpenMode } from './storage.ts';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = constants;

const openFlags: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  readwrite: O_RDWR,
  create: O_RDWR | O_CREAT,
  createNew: O_RDWR | O_CREAT | O_EXCL,
};

/** Records are the owner's and the group's (a pod's fsGroup) to read, nobody else's. */
const fileMode = 0o640;
const directoryMode = 0o750;

/** The machine's file systems. Sizes its thread pool nowhere: main sets UV_THREADPOOL_SIZE. */
export class NodeStorage extends FileStorage {
  protected override openRaw(path: string, mode: OpenMode): RawFile {
    return new NodeFile(openSync(path, openFlags[mode], fileMode));
  }

  override mkdir(path: string): void {
    mkdirSync(path, { recursive: true, mode: directoryMode });
  }

  override list(path: string): DirectoryEntry[] {
    const entries: DirectoryEntry[] = [];
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isFile()) entries.push({ name: entry.name, kind: 'file' });
      else if (entry.isDirectory()) entries.push({ name: entry.name, kind: 'directory' });
    }
    return entries;
  }

  override exists(path: string): boolean {
    return existsSync(path);
  }

  override fileSize(path: string): number {
    return statSync(path).size;
  }

  override rename(from: string, to: string): void {
    renameSync(from, to);
  }

  override unlink(path: string): void {
    unlinkSync(path);
  }

  override removeTree(path: string): Promise<void> {
    return rm(path, { recursive: true, force: true });
  }

  override async syncDirectory(path: string): Promise<void> {
    const directory = await open(path, O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  override syncDirectoryNow(path: string): void {
    const descriptor = openSync(path, O_RDONLY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  override freeBytes(path: string): FreeSpace {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { free: bavail * bsize, total: blocks * bsize };
  }
}
