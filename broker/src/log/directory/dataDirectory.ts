// Layout of a data directory (contracts.md, Data directory) and its small files:
//
//   meta.json    {"formatVersion":1,"clusterId":...,"brokerId":...}; written last, when all else is ready
//   clean        `millrace-clean 1 <journalId> <sequence>`: the checkpoint of a clean shutdown (rule 10)
//   checkpoints  checkpointFile.ts
//   journal/<n>  journalFrame.ts
//   topics/<topicId>/<partition>/
//   trash/<topicId>-<partition>-<n>/
import { dirname, join } from 'node:path';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { type ClusterId, type TopicId, toClusterId, toTopicId } from '@millrace/core/ids';
import type { Clock, TimerHandle } from '../../io/clock.ts';
import type { Storage } from '../../io/storage.ts';
import { storageErrorCode } from '../../io/storageError.ts';
import { CHECKPOINT_FILE } from '../journal/checkpointFile.ts';

const FORMAT_VERSION = 1;
export const META_FILE = 'meta.json';
/** How long deleted partitions can still be taken back by hand (rule 25). */
const trashKeptMs = 60_000;

export interface DirectoryMeta {
  readonly clusterId: ClusterId;
  readonly brokerId: number;
}

export interface CleanMarker {
  /** 32 hex digits. */
  readonly journalId: string;
  readonly sequence: number;
}

export interface PartitionPlace {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly directory: string;
}

export class DataDirectory {
  readonly path: string;
  readonly topics: string;
  readonly trash: string;
  readonly checkpoints: string;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #timers = new Set<TimerHandle>();
  #trashed = 0;

  constructor(storage: Storage, clock: Clock, path: string) {
    this.#storage = storage;
    this.#clock = clock;
    this.path = path;
    this.topics = join(path, 'topics');
    this.trash = join(path, 'trash');
    this.checkpoints = join(path, CHECKPOINT_FILE);
  }

  /** The folders, durably; `journal` may lie on another disk. */
  async create(journal: string): Promise<void> {
    const parents = new Set<string>();
    for (const path of [this.path, journal, this.topics, this.trash]) {
      for (let at = path; !this.#storage.exists(at); at = dirname(at)) parents.add(dirname(at));
      this.#storage.mkdir(path);
      // It may be there since a boot that died before this.
      parents.add(dirname(path));
    }
    for (const parent of parents) await this.#storage.syncDirectory(parent);
    if (!this.#storage.exists(join(this.path, META_FILE))) await this.#syncAncestors([...parents]);
  }

  /** A boot that died may have made any folder above and not have come to syncing it. */
  async #syncAncestors(paths: readonly string[]): Promise<void> {
    const ancestors = new Set<string>();
    for (const path of paths) {
      for (let at = path; at !== dirname(at); at = dirname(at)) ancestors.add(dirname(at));
    }
    for (const path of ancestors) {
      try {
        await this.#storage.syncDirectory(path);
      } catch (error) {
        // Others are not ours (EACCES, EROFS, ...), and older than this broker.
        if (storageErrorCode(error) === 'EIO') throw error;
      }
    }
  }

  partition(topicId: TopicId, partition: number): string {
    return join(this.topics, topicId, String(partition));
  }

  /** Undefined before the first boot has ended. Throws UNSUPPORTED_VERSION for a newer directory. */
  readMeta(): DirectoryMeta | undefined {
    const path = join(this.path, META_FILE);
    if (!this.#storage.exists(path)) return undefined;
    const meta = parseMeta(this.#storage.readFile(path).toString('utf8'));
    if (meta === undefined) {
      throw millraceError('STORAGE_FAILED', `${path} is damaged`, { outcome: 'not-applied' });
    }
    return meta;
  }

  writeMeta({ clusterId, brokerId }: DirectoryMeta): Promise<void> {
    const text = `${JSON.stringify({ formatVersion: FORMAT_VERSION, clusterId, brokerId })}\n`;
    return this.#storage.replaceFile(join(this.path, META_FILE), Buffer.from(text));
  }

  /** A marker that does not parse is as good as none. */
  readMarker(): CleanMarker | undefined {
    const path = join(this.path, 'clean');
    if (!this.#storage.exists(path)) return undefined;
    const text = this.#storage.readFile(path).toString('latin1');
    const match = /^millrace-clean 1 ([0-9a-f]{32}) (\d{1,16})\n$/.exec(text);
    if (match?.[1] === undefined) return undefined;
    return { journalId: match[1], sequence: Number(match[2]) };
  }

  writeMarker({ journalId, sequence }: CleanMarker): Promise<void> {
    const text = `millrace-clean 1 ${journalId} ${sequence}\n`;
    return this.#storage.replaceFile(join(this.path, 'clean'), Buffer.from(text));
  }

  async removeMarker(): Promise<void> {
    const path = join(this.path, 'clean');
    if (!this.#storage.exists(path)) return;
    this.#storage.unlink(path);
    await this.#storage.syncDirectory(this.path);
  }

  /** What lies in topics/ under names of partitions. */
  *partitions(): Generator<PartitionPlace> {
    for (const topic of this.#storage.list(this.topics)) {
      const topicId = topic.kind === 'directory' ? parseTopicId(topic.name) : undefined;
      if (topicId === undefined) continue;
      const directory = join(this.topics, topicId);
      for (const { name, kind } of this.#storage.list(directory)) {
        if (kind !== 'directory' || !/^(0|[1-9]\d{0,8})$/.test(name)) continue;
        yield { topicId, partition: Number(name), directory: join(directory, name) };
      }
    }
  }

  /** Moves partitions into trash/, durably; their files go a minute later (rule 25). */
  async discard(places: readonly PartitionPlace[]): Promise<void> {
    const topics = new Set<string>();
    const targets: string[] = [];
    for (const { topicId, partition, directory } of places) {
      targets.push(this.#moveToTrash(directory, `${topicId}-${partition}`));
      topics.add(join(this.topics, topicId));
    }
    for (const topic of topics) {
      // Looked at and moved in one step: a copy may be created in it during an await.
      if (this.#storage.list(topic).length === 0) targets.push(this.#moveToTrash(topic, 'topic'));
      else await this.#storage.syncDirectory(topic);
    }
    await this.#expire(targets);
  }

  lacksTopic(topicId: TopicId): boolean {
    return !this.#storage.exists(join(this.topics, topicId));
  }

  /** What is left of a topic, durably as with `discard`; nothing of it is a copy, or may become one meanwhile. */
  async discardTopic(topicId: TopicId): Promise<void> {
    const directory = join(this.topics, topicId);
    if (this.#storage.exists(directory))
      await this.#expire([this.#moveToTrash(directory, 'topic')]);
  }

  /** At boot: what was deleted before is past its minute, or nobody waited for it. */
  async emptyTrash(): Promise<void> {
    const trashed = this.#storage.list(this.trash);
    if (trashed.length === 0) return;
    // The last process may have died before its moves were durable: no half of a partition must come back.
    for (const { name, kind } of this.#storage.list(this.topics)) {
      if (kind === 'directory') await this.#storage.syncDirectory(join(this.topics, name));
    }
    for (const path of [this.topics, this.trash]) await this.#storage.syncDirectory(path);
    for (const { name } of trashed) this.#removeQuietly(join(this.trash, name));
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #expire(targets: readonly string[]): Promise<void> {
    await this.#storage.syncDirectory(this.topics);
    await this.#storage.syncDirectory(this.trash);
    const timer = this.#clock.setTimer(trashKeptMs, () => {
      this.#timers.delete(timer);
      for (const target of targets) this.#removeQuietly(target);
    });
    this.#timers.add(timer);
  }

  #moveToTrash(directory: string, name: string): string {
    for (;;) {
      const target = join(this.trash, `${name}-${this.#trashed++}`);
      if (this.#storage.exists(target)) continue;
      this.#storage.rename(directory, target);
      return target;
    }
  }

  /** What cannot be removed now is removed at the next boot. */
  #removeQuietly(target: string): void {
    this.#storage.removeTree(target).catch(() => undefined);
  }
}

function parseMeta(text: string): DirectoryMeta | undefined {
  let meta: unknown;
  try {
    meta = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof meta !== 'object' || meta === null) return undefined;
  const { formatVersion, clusterId, brokerId } = meta as Record<string, unknown>;
  if (typeof formatVersion !== 'number') return undefined;
  if (formatVersion > FORMAT_VERSION) {
    throw millraceError(
      'UNSUPPORTED_VERSION',
      `the data directory has format ${formatVersion}, this version of Millrace knows ${FORMAT_VERSION}`,
    );
  }
  if (typeof clusterId !== 'string' || typeof brokerId !== 'number') return undefined;
  try {
    return { clusterId: toClusterId(clusterId), brokerId };
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}

function parseTopicId(name: string): TopicId | undefined {
  try {
    return toTopicId(name);
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}
