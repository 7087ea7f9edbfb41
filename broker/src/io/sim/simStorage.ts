import type { Random } from '../random.ts';
import { FileStorage } from '../fileStorage.ts';
import type { RawFile } from '../rawFile.ts';
import type { DirectoryEntry, FreeSpace, OpenMode } from '../storage.ts';
import { StorageError } from '../storageError.ts';
import type { SimDisk } from './simDisk.ts';
import { noFaults, type SimFaultPlan, type SimOperationKind } from './simFaults.ts';
import { SimFile } from './simFile.ts';
import type { SimFileNode } from './simFileNode.ts';
import { SimKernel } from './simKernel.ts';
import type { SimProcess } from './simProcess.ts';

/** What freeBytes says of a disk without a limit. */
const boundlessBytes = 2 ** 40;

/** A simulated disk as one simulated process uses it: handles and pool operations die with it. */
export class SimStorage extends FileStorage {
  readonly #disk: SimDisk;
  readonly #kernel: SimKernel;

  constructor(disk: SimDisk, process: SimProcess, random: Random, plan: SimFaultPlan = noFaults) {
    super();
    this.#disk = disk;
    this.#kernel = new SimKernel(process, random, plan);
  }

  protected override openRaw(path: string, mode: OpenMode): RawFile {
    const node = this.#now('open', path, () => this.#openNode(path, mode));
    const access = mode === 'read' ? 'read' : 'readwrite';
    return new SimFile(path, node, this.#disk, this.#kernel, access);
  }

  override mkdir(path: string): void {
    this.#now('mkdir', path, () => this.#disk.makeDirectory(path));
  }

  override list(path: string): DirectoryEntry[] {
    return this.#now('list', path, () => {
      const { entries } = this.#disk.directory(path, 'scandir');
      return Array.from(entries, ([name, { kind }]) => ({ name, kind }));
    });
  }

  override exists(path: string): boolean {
    try {
      return this.#disk.exists(path);
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }

  override fileSize(path: string): number {
    return this.#disk.file(path, 'stat').size;
  }

  override rename(from: string, to: string): void {
    this.#now('rename', from, () => this.#disk.rename(from, to));
  }

  override unlink(path: string): void {
    this.#now('unlink', path, () => this.#disk.unlink(path));
  }

  override async removeTree(path: string): Promise<void> {
    const node = this.exists(path) ? this.#disk.node(path, 'rm') : undefined;
    if (node?.kind === 'directory') {
      for (const name of node.entries.keys()) await this.removeTree(`${path}/${name}`);
    }
    if (node !== undefined) await this.#pooled('unlink', path, () => this.#removeOne(path));
  }

  override syncDirectory(path: string): Promise<void> {
    let directory: ReturnType<SimDisk['directory']>;
    try {
      directory = this.#disk.directory(path, 'open');
    } catch (error) {
      return Promise.reject(error);
    }
    const mark = this.#disk.syncMark();
    return this.#kernel.pooled({ kind: 'syncDirectory', path, bytes: 0 }, ({ error }) => {
      this.#endSync(directory, mark, error);
    });
  }

  override syncDirectoryNow(path: string): void {
    const directory = this.#disk.directory(path, 'open');
    const mark = this.#disk.syncMark();
    this.#kernel.now({ kind: 'syncDirectory', path, bytes: 0 }, ({ error }) => {
      this.#endSync(directory, mark, error);
    });
  }

  override freeBytes(path: string): FreeSpace {
    this.#disk.node(path, 'statfs');
    const total = Math.min(this.#disk.capacityBytes, boundlessBytes);
    return { free: Math.max(0, total - this.#disk.usedBytes), total };
  }

  #openNode(path: string, mode: OpenMode): SimFileNode {
    const exists = this.#disk.exists(path);
    if (exists && mode === 'createNew') throw new StorageError('EEXIST', 'open', path);
    if (exists || mode === 'read' || mode === 'readwrite') return this.#disk.file(path, 'open');
    return this.#disk.createFile(path);
  }

  #removeOne(path: string): void {
    if (this.#disk.node(path, 'rm').kind === 'file') this.#disk.unlink(path);
    else this.#disk.removeDirectory(path);
  }

  #endSync(
    directory: ReturnType<SimDisk['directory']>,
    mark: number,
    error: StorageError | undefined,
  ): void {
    if (error === undefined) return this.#disk.syncedUpTo(directory, mark);
    this.#disk.syncFailed(directory, mark, this.#kernel.random);
    throw error;
  }

  #now<Result>(kind: SimOperationKind, path: string, effect: () => Result): Result {
    return this.#kernel.now({ kind, path, bytes: 0 }, ({ error }) => {
      if (error !== undefined) throw error;
      return effect();
    });
  }

  #pooled<Result>(kind: SimOperationKind, path: string, effect: () => Result): Promise<Result> {
    return this.#kernel.pooled({ kind, path, bytes: 0 }, ({ error }) => {
      if (error !== undefined) throw error;
      return effect();
    });
  }
}
