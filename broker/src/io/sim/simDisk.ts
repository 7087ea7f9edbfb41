import type { Random } from '../random.ts';
import { StorageError } from '../storageError.ts';
import { SimDirectoryNode, type SimNode } from './simDirectoryNode.ts';
import { SimFileNode, type Keep } from './simFileNode.ts';

interface Edit {
  readonly directory: SimDirectoryNode;
  readonly name: string;
  readonly node: SimNode | undefined;
}

/** A create, unlink or rename: atomic, durable once each directory in `unsynced` was synced. */
interface NameChange {
  readonly sequence: number;
  readonly edits: readonly Edit[];
  readonly unsynced: Set<SimDirectoryNode>;
}

/**
 * A disk in memory, with what a power loss would leave of it. Harsher than file systems are, within
 * POSIX: the sync of a file does not keep its name, and unsynced changes survive in any subset. It
 * outlives processes: each uses it through a SimStorage of its own, kill -9 changes nothing here.
 */
export class SimDisk {
  capacityBytes = Infinity;
  #root = new SimDirectoryNode();
  #changes: NameChange[] = [];
  #sequence = 0;

  node(path: string, syscall: string): SimNode {
    const node = this.#walk(path, syscall);
    if (node === undefined) throw new StorageError('ENOENT', syscall, path);
    return node;
  }

  file(path: string, syscall: string): SimFileNode {
    const node = this.node(path, syscall);
    if (node.kind === 'directory') throw new StorageError('EISDIR', syscall, path);
    return node;
  }

  directory(path: string, syscall: string): SimDirectoryNode {
    const node = this.node(path, syscall);
    if (node.kind === 'file') throw new StorageError('ENOTDIR', syscall, path);
    return node;
  }

  exists(path: string): boolean {
    const { directory, name } = this.#parentOf(path);
    return name === '' || directory?.entries.has(name) === true;
  }

  createFile(path: string): SimFileNode {
    const node = new SimFileNode();
    this.#change([this.#edit(path, 'open', node)]);
    return node;
  }

  makeDirectory(path: string): void {
    const names = namesOf(path);
    for (let depth = 1; depth <= names.length; depth += 1) {
      const at = `/${names.slice(0, depth).join('/')}`;
      const present = this.#walk(at, 'mkdir');
      if (present?.kind === 'file') throw new StorageError('EEXIST', 'mkdir', path);
      if (present === undefined) {
        this.#change([this.#edit(at, 'mkdir', new SimDirectoryNode())]);
      }
    }
  }

  unlink(path: string): void {
    this.file(path, 'unlink');
    this.#change([this.#edit(path, 'unlink', undefined)]);
  }

  removeDirectory(path: string): void {
    if (this.directory(path, 'rmdir').entries.size > 0) {
      throw new StorageError('ENOTEMPTY', 'rmdir', path);
    }
    this.#change([this.#edit(path, 'rmdir', undefined)]);
  }

  rename(from: string, to: string): void {
    const node = this.node(from, 'rename');
    const replaced = this.#walk(to, 'rename');
    if (replaced === node) return;
    if (`${to}/`.startsWith(`${from}/`)) throw new StorageError('EINVAL', 'rename', from);
    if (replaced?.kind === 'directory') {
      if (node.kind === 'file') throw new StorageError('EISDIR', 'rename', to);
      if (replaced.entries.size > 0) throw new StorageError('ENOTEMPTY', 'rename', to);
    } else if (replaced !== undefined && node.kind === 'directory') {
      throw new StorageError('ENOTDIR', 'rename', to);
    }
    this.#change([this.#edit(from, 'rename', undefined), this.#edit(to, 'rename', node)]);
  }

  /** What a sync of a directory that is issued now covers. */
  syncMark(): number {
    return this.#sequence;
  }

  syncedUpTo(directory: SimDirectoryNode, mark: number): void {
    this.#settle(directory, mark, (change) => {
      change.unsynced.delete(directory);
      if (change.unsynced.size > 0) return false;
      makeDurable(change);
      return true;
    });
  }

  /** As SimFileNode.syncFailed: processes go on seeing the names. */
  syncFailed(directory: SimDirectoryNode, mark: number, random: Random): void {
    this.#settle(directory, mark, (change) => {
      if (random.int(2) === 0) makeDurable(change);
      return true;
    });
  }

  /** Bytes of all files that have a name. */
  get usedBytes(): number {
    let used = 0;
    for (const [, node] of this.#walkFiles(this.#root, '')) used += node.size;
    return used;
  }

  /** The content of every file by path, as processes see it. */
  snapshot(): Map<string, Buffer> {
    const files = [...this.#walkFiles(this.#root, '')];
    files.sort(([one], [other]) => (one < other ? -1 : 1));
    return new Map(files.map(([path, node]) => [path, Buffer.from(node.view())]));
  }

  flipBit(path: string, position: number, bit: number): void {
    this.file(path, 'flip').flipBit(position, bit);
  }

  /** The disk as found after power came back, all of it durable; this one stays as it is. */
  afterPowerLoss(keep: Keep, random: Random): SimDisk {
    const copied = this.copy();
    // A whole crash keeps few, half or most of the names.
    const chance = random.float();
    for (const change of copied.#changes) {
      if (keep === 'all' || (keep === 'random' && random.float() < chance)) makeDurable(change);
    }
    const after = new SimDisk();
    after.capacityBytes = this.capacityBytes;
    after.#root = afterPowerLoss(copied.#root, keep, random, new Map()) as SimDirectoryNode;
    return after;
  }

  /** An independent disk in the same state, unsynced changes included. */
  copy(): SimDisk {
    const copied = new SimDisk();
    const copies = new Map<SimNode, SimNode>();
    const translate = (node: SimNode): SimNode => copyNode(node, copies);
    copied.#root = translate(this.#root) as SimDirectoryNode;
    copied.#changes = this.#changes.map(({ sequence, edits, unsynced }) => ({
      sequence,
      edits: edits.map(({ directory, name, node }) => ({
        directory: translate(directory) as SimDirectoryNode,
        name,
        node: node === undefined ? undefined : translate(node),
      })),
      unsynced: new Set([...unsynced].map((directory) => translate(directory) as SimDirectoryNode)),
    }));
    copied.#sequence = this.#sequence;
    copied.capacityBytes = this.capacityBytes;
    return copied;
  }

  #settle(
    directory: SimDirectoryNode,
    mark: number,
    settled: (change: NameChange) => boolean,
  ): void {
    this.#changes = this.#changes.filter(
      (change) => change.sequence >= mark || !change.unsynced.has(directory) || !settled(change),
    );
  }

  #change(edits: Edit[]): void {
    for (const { directory, name, node } of edits) {
      if (node === undefined) directory.entries.delete(name);
      else directory.entries.set(name, node);
    }
    const unsynced = new Set(edits.map(({ directory }) => directory));
    this.#changes.push({ sequence: this.#sequence++, edits, unsynced });
  }

  #edit(path: string, syscall: string, node: SimNode | undefined): Edit {
    const { directory, name } = this.#parentOf(path);
    if (directory === undefined) throw new StorageError('ENOENT', syscall, path);
    if (name === '') throw new StorageError('EBUSY', syscall, path);
    return { directory, name, node };
  }

  #parentOf(path: string): { directory: SimDirectoryNode | undefined; name: string } {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) return { directory: this.#root, name: '' };
    const parent = this.#walk(`/${names.join('/')}`, 'open');
    if (parent?.kind === 'file') throw new StorageError('ENOTDIR', 'open', path);
    return { directory: parent, name };
  }

  #walk(path: string, syscall: string): SimNode | undefined {
    let node: SimNode | undefined = this.#root;
    for (const name of namesOf(path)) {
      if (node === undefined) return undefined;
      if (node.kind === 'file') throw new StorageError('ENOTDIR', syscall, path);
      node = node.entries.get(name);
    }
    return node;
  }

  *#walkFiles(directory: SimDirectoryNode, path: string): Iterable<[string, SimFileNode]> {
    for (const [name, node] of directory.entries) {
      if (node.kind === 'file') yield [`${path}/${name}`, node];
      else yield* this.#walkFiles(node, `${path}/${name}`);
    }
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

function makeDurable({ edits, sequence }: NameChange): void {
  for (const { directory, name, node } of edits) directory.makeDurable(name, node, sequence);
}

function copyNode(node: SimNode, copies: Map<SimNode, SimNode>): SimNode {
  const known = copies.get(node);
  if (known !== undefined) return known;
  if (node.kind === 'file') {
    const copied = node.copy();
    copies.set(node, copied);
    return copied;
  }
  const copied = new SimDirectoryNode();
  copies.set(node, copied);
  node.copyInto(copied, (inner) => copyNode(inner, copies));
  return copied;
}

/** Only what the durable names reach is there. */
function afterPowerLoss(
  node: SimNode,
  keep: Keep,
  random: Random,
  found: Map<SimNode, SimNode>,
): SimNode {
  const known = found.get(node);
  if (known !== undefined) return known;
  if (node.kind === 'file') {
    const after = node.afterPowerLoss(keep, random);
    found.set(node, after);
    return after;
  }
  const after = new SimDirectoryNode();
  found.set(node, after);
  for (const [name, inner] of node.durableEntries()) {
    const reached = afterPowerLoss(inner, keep, random, found);
    after.entries.set(name, reached);
    after.makeDurable(name, reached, 0);
  }
  return after;
}
