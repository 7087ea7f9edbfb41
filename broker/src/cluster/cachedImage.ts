/**
 * The image that a broker keeps in `broker.db`: what it knows of the cluster when it boots and nobody can tell it more
 * (safety.md, rule 19). It may be older than what the broker had heard, never newer; partitions of it may be of
 * different moments. So it is good for following, and for telling how far the cluster had come; nothing is deleted,
 * created or led by it.
 */
import { toMillraceError } from '@millrace/core/errors';
import type { ClusterId, TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { BrokerMetadata, MetadataImage, TopicMetadata } from './metadata.ts';
import type { MetadataCache, MetadataChange } from './metadataCache.ts';

/** Rows by key; what is undefined goes. */
export interface ImageRows {
  all(): Map<string, string>;
  write(changes: ReadonlyMap<string, string | undefined>): void;
}

export interface CachedImageParts {
  readonly rows: ImageRows;
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FORMAT = 1;
/** Changes of so long are written together. */
const WRITE_MS = 500;
/** After a write that failed: a full disk. */
const RETRY_MS = 10_000;
/** Of a row, and partitions of two rows in one write: a millisecond or two of the event loop. */
const PARTITIONS_PER_ROW = 100;
const ROWS_PER_WRITE = 2;
const HEAD = 'image';
const BROKERS = 'brokers';

type Head = Pick<MetadataImage, 'controllerEpoch' | 'controllerId' | 'featureLevel'> & {
  readonly format: number;
  readonly clusterId: ClusterId;
};
type TopicRow = Omit<TopicMetadata, 'partitions'> & { readonly partitionCount: number };

export class CachedImage {
  readonly #parts: CachedImageParts;
  /** What the rows hold. */
  readonly #written = new Map<TopicId, readonly PartitionStatus[]>();
  readonly #dirty = new Map<string, () => string | undefined>();
  #timer: TimerHandle | undefined;
  #state: 'open' | 'writing' | 'closed' = 'open';

  constructor(parts: CachedImageParts) {
    this.#parts = parts;
  }

  /** Undefined: there is none, or none that can be read. Its seq is -1: the next delta is a gap. */
  load(): MetadataImage | undefined {
    const { rows, clusterId, logger } = this.#parts;
    try {
      const found = rows.all();
      const head = parsed<Head>(found.get(HEAD));
      if (head?.format !== FORMAT || head.clusterId !== clusterId) return undefined;
      const { controllerEpoch, controllerId, featureLevel } = head;
      const brokers = parsed<BrokerMetadata[]>(found.get(BROKERS)) ?? [];
      const topics = [...found].flatMap(([key, row]) => topicOf(key, row, found));
      for (const { topicId, partitions } of topics) this.#written.set(topicId, partitions);
      return { controllerEpoch, seq: -1, controllerId, featureLevel, brokers, topics };
    } catch (error) {
      logger.warn('the cached image can not be read', { cause: toMillraceError(error).message });
      return undefined;
    }
  }

  /** The controller has told this; it is written soon. */
  changed({ topics, gone }: MetadataChange, cache: MetadataCache): void {
    this.#mark(HEAD, () => JSON.stringify(headOf(cache, this.#parts.clusterId)));
    this.#mark(BROKERS, () => JSON.stringify([...cache.brokers()]));
    for (const { topicId, partitions } of gone) {
      this.#mark(topicKey(topicId), () => undefined);
      for (const chunk of chunksOf(partitions))
        this.#mark(chunkKey(topicId, chunk), () => undefined);
      this.#written.delete(topicId);
    }
    for (const topic of topics) this.#topicChanged(topic, cache);
    this.#writeLater();
  }

  /** Writes what is left. */
  close(): void {
    this.#timer?.cancel();
    if (this.#state !== 'closed' && this.#dirty.size > 0) this.#writeRows([...this.#dirty.keys()]);
    this.#state = 'closed';
  }

  #topicChanged({ topicId, partitions }: TopicMetadata, cache: MetadataCache): void {
    const now = () => cache.topic(topicId);
    const before = this.#written.get(topicId) ?? [];
    this.#mark(topicKey(topicId), () => {
      const topic = now();
      return topic === undefined ? undefined : JSON.stringify(topicRow(topic));
    });
    for (const chunk of chunksOf(partitions)) {
      const from = chunk * PARTITIONS_PER_ROW;
      const to = Math.min(from + PARTITIONS_PER_ROW, partitions.length);
      let isSame = true;
      for (let p = from; p < to && isSame; p++) isSame = partitions[p] === before[p];
      if (isSame) continue;
      this.#mark(chunkKey(topicId, chunk), () => {
        const statuses = now()?.partitions;
        return statuses && JSON.stringify(statuses.slice(from, from + PARTITIONS_PER_ROW));
      });
    }
    this.#written.set(topicId, partitions);
  }

  /** `row` is asked when it is written: the newest counts. */
  #mark(key: string, row: () => string | undefined): void {
    this.#dirty.set(key, row);
  }

  #writeLater(delayMs = WRITE_MS): void {
    if (this.#timer !== undefined || this.#state !== 'open') return;
    this.#timer = this.#parts.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#state = 'writing';
      this.#writeSome();
    });
  }

  #writeSome(): void {
    if (this.#state !== 'writing') return;
    const keys: string[] = [];
    for (const key of this.#dirty.keys()) {
      keys.push(key);
      if (keys.length >= ROWS_PER_WRITE) break;
    }
    if (keys.length === 0) {
      this.#state = 'open';
      return;
    }
    if (this.#writeRows(keys)) {
      this.#parts.clock.soon(() => this.#writeSome());
      return;
    }
    this.#state = 'open';
    this.#writeLater(RETRY_MS);
  }

  /** False: it is tried again later. The image is older meanwhile, and still right. */
  #writeRows(keys: readonly string[]): boolean {
    try {
      this.#parts.rows.write(new Map(keys.map((key) => [key, this.#dirty.get(key)?.()])));
    } catch (error) {
      const { logger } = this.#parts;
      logger.warn('the image is not cached', { cause: toMillraceError(error).message });
      return false;
    }
    for (const key of keys) this.#dirty.delete(key);
    return true;
  }
}

function headOf(cache: MetadataCache, clusterId: ClusterId): Partial<Head> {
  const { position, controllerId, featureLevel } = cache;
  const { controllerEpoch } = position;
  return {
    format: FORMAT,
    clusterId,
    controllerEpoch,
    featureLevel,
    ...(controllerId === undefined ? {} : { controllerId }),
  };
}

function topicRow({ partitions, ...topic }: TopicMetadata): TopicRow {
  return { ...topic, partitionCount: partitions.length };
}

/** None where a row of its partitions is missing: a hole would be a partition that is not known. */
function topicOf(key: string, row: string, rows: ReadonlyMap<string, string>): TopicMetadata[] {
  if (!key.startsWith(topicKey(''))) return [];
  const read = parsed<TopicRow>(row);
  if (read === undefined) return [];
  const { partitionCount, ...topic } = read;
  const partitions: PartitionStatus[] = [];
  for (let chunk = 0; chunk * PARTITIONS_PER_ROW < partitionCount; chunk++) {
    partitions.push(...(parsed<PartitionStatus[]>(rows.get(chunkKey(topic.topicId, chunk))) ?? []));
  }
  const isWhole = partitions.length >= partitionCount && partitions.every(({ p }, at) => p === at);
  return isWhole ? [{ ...topic, partitions }] : [];
}

function chunksOf(partitions: readonly PartitionStatus[]): number[] {
  return Array.from({ length: Math.ceil(partitions.length / PARTITIONS_PER_ROW) }, (_, at) => at);
}

function topicKey(topicId: string): string {
  return `topic/${topicId}`;
}

function chunkKey(topicId: string, chunk: number): string {
  return `partitions/${topicId}/${chunk}`;
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
