// partition.json: what a copy is, beside its segments (contracts.md, Data directory):
//
//   {"formatVersion":1,"clusterId":...,"topicId":...,"name":...,"partition":0,"copyId":...,"wasIsr":false,
//    "adoptedEpoch":-1,"minIsr":null,"removedBelow":0,"config":{"durability":"fsync",...}}
//
// and, once they are known: "cleaned":{"to":0,"epoch":0}, "begun":{"under":<copyId>,"removedBelow":0}.
// In `config` null stands for "no limit". Replaced as a whole (pitfall 6).
import { join } from 'node:path';
import { MillraceError } from '@millrace/core/errors';
import {
  type ClusterId,
  type CopyId,
  type Offset,
  type TopicId,
  toClusterId,
  toCopyId,
  toTopicId,
} from '@millrace/core/ids';
import type { Storage } from '../../io/storage.ts';
import type { LogConfig } from '../partition/logConfig.ts';
import { LogCorruptError } from '../logCorruptError.ts';

export const PARTITION_FILE = 'partition.json';
const FORMAT_VERSION = 1;

export interface PartitionFile {
  readonly clusterId: ClusterId;
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly partition: number;
  readonly copyId: CopyId;
  /** Whether this copyId was ever in the ISR: only such a copy counts in a recovery election (rule 9). */
  readonly wasIsr: boolean;
  /** The leader epoch adopted for a recovery election (rule 9); -1 for none. */
  readonly adoptedEpoch: number;
  /** The lowest effective minInsyncReplicas that this copy has seen (rule 9). */
  readonly minIsr: number | undefined;
  /** Tombstones below may be missing here: compaction took them, or they were gone when the copy began empty (rule 24). */
  readonly removedBelow: number;
  /** The part of the log that has been compacted, and the leader epoch of its last offset: another one there voids it. */
  readonly cleaned?: { readonly to: Offset; readonly epoch: number } | undefined;
  /** From which leader's copy this one began empty, and the `tombstonesRemovedBelow` of that one then. */
  readonly begun?: { readonly under: CopyId; readonly removedBelow: number } | undefined;
  readonly config: LogConfig;
}

/** What changes while the copy is in use, apart from `config`. */
export type CopyFacts = Pick<
  PartitionFile,
  'wasIsr' | 'adoptedEpoch' | 'minIsr' | 'removedBelow' | 'cleaned' | 'begun'
>;

/**
 * What holds of a copy whose log was cut to `end`: what follows has all tombstones of another copy past it, unless it
 * comes from the one under which this one began empty. Only to be made durable after the cut.
 */
export function afterCut(file: PartitionFile, end: Offset): PartitionFile {
  const { removedBelow, cleaned, begun } = file;
  return {
    ...file,
    removedBelow: Math.min(removedBelow, Math.max(end, begun?.removedBelow ?? 0)),
    cleaned: cleaned !== undefined && cleaned.to <= end ? cleaned : undefined,
  };
}

export function encodePartitionFile(file: PartitionFile): Buffer {
  const { clusterId, topicId, topicName, partition, copyId, wasIsr, adoptedEpoch } = file;
  const { retentionMs, retentionBytes, ...config } = pickConfig(file.config);
  const json = {
    formatVersion: FORMAT_VERSION,
    clusterId,
    topicId,
    name: topicName,
    partition,
    copyId,
    wasIsr,
    adoptedEpoch,
    minIsr: file.minIsr ?? null,
    removedBelow: file.removedBelow,
    cleaned: file.cleaned,
    begun: file.begun,
    config: {
      ...config,
      retentionMs: retentionMs ?? null,
      retentionBytes: retentionBytes ?? null,
    },
  };
  return Buffer.from(`${JSON.stringify(json, undefined, 1)}\n`);
}

/** Throws LogCorruptError. */
export function decodePartitionFile(bytes: Buffer): PartitionFile {
  try {
    return fromJson(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof MillraceError)) throw error;
    throw new LogCorruptError(`${PARTITION_FILE}: ${error.message}`, error);
  }
}

/** Throws LogCorruptError, or what the storage throws. */
export function readPartitionFile(storage: Storage, directory: string): PartitionFile {
  return decodePartitionFile(storage.readFile(join(directory, PARTITION_FILE)));
}

export function writePartitionFile(
  storage: Storage,
  directory: string,
  file: PartitionFile,
): Promise<void> {
  return storage.replaceFile(join(directory, PARTITION_FILE), encodePartitionFile(file));
}

function fromJson(value: unknown): PartitionFile {
  const json = fieldsOf(value, 'the file');
  const version = count(json, 'formatVersion');
  if (version > FORMAT_VERSION) {
    throw new LogCorruptError(`format ${version}, this version knows ${FORMAT_VERSION}`);
  }
  const adoptedEpoch = json['adoptedEpoch'];
  return {
    clusterId: toClusterId(text(json, 'clusterId')),
    topicId: toTopicId(text(json, 'topicId')),
    topicName: text(json, 'name'),
    partition: count(json, 'partition'),
    copyId: toCopyId(text(json, 'copyId')),
    wasIsr: json['wasIsr'] === true,
    adoptedEpoch: adoptedEpoch === -1 ? -1 : count(json, 'adoptedEpoch'),
    minIsr: json['minIsr'] === null ? undefined : count(json, 'minIsr'),
    removedBelow: count(json, 'removedBelow'),
    ...compactionFromJson(json),
    config: configFromJson(fieldsOf(json['config'], 'config')),
  };
}

function compactionFromJson(
  json: Record<string, unknown>,
): Pick<PartitionFile, 'cleaned' | 'begun'> {
  const cleaned = json['cleaned'] === undefined ? undefined : fieldsOf(json['cleaned'], 'cleaned');
  const begun = json['begun'] === undefined ? undefined : fieldsOf(json['begun'], 'begun');
  return {
    ...(cleaned && {
      cleaned: { to: count(cleaned, 'to') as Offset, epoch: count(cleaned, 'epoch') },
    }),
    ...(begun && {
      begun: {
        under: toCopyId(text(begun, 'under')),
        removedBelow: count(begun, 'removedBelow'),
      },
    }),
  };
}

function configFromJson(json: Record<string, unknown>): LogConfig {
  const durability = text(json, 'durability');
  if (durability !== 'fsync' && durability !== 'async') {
    throw new LogCorruptError(`durability ${durability}`);
  }
  return {
    durability,
    cleanupPolicy: text(json, 'cleanupPolicy'),
    batchBytesMax: count(json, 'batchBytesMax'),
    segmentBytesMax: count(json, 'segmentBytesMax'),
    segmentMsMax: count(json, 'segmentMsMax'),
    indexIntervalBytes: count(json, 'indexIntervalBytes'),
    retentionMs: json['retentionMs'] === null ? undefined : count(json, 'retentionMs'),
    retentionBytes: json['retentionBytes'] === null ? undefined : count(json, 'retentionBytes'),
    ...compactionConfigFromJson(json),
  };
}

/** Keys that older versions have not written. */
function compactionConfigFromJson(json: Record<string, unknown>): Partial<LogConfig> {
  const ratio = json['minCleanableDirtyRatio'];
  if (ratio === undefined) return {};
  if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
    throw new LogCorruptError('minCleanableDirtyRatio is no ratio');
  }
  return {
    minCleanableDirtyRatio: ratio,
    minCompactionLagMs: count(json, 'minCompactionLagMs'),
    tombstoneRetentionMs: count(json, 'tombstoneRetentionMs'),
  };
}

/** Callers pass a whole topic configuration; the rest of it is not the log's. */
function pickConfig(config: LogConfig): LogConfig {
  const { durability, cleanupPolicy, batchBytesMax, segmentBytesMax, segmentMsMax } = config;
  const { indexIntervalBytes, retentionMs, retentionBytes } = config;
  const { minCleanableDirtyRatio, minCompactionLagMs, tombstoneRetentionMs } = config;
  return {
    durability,
    cleanupPolicy,
    batchBytesMax,
    segmentBytesMax,
    segmentMsMax,
    indexIntervalBytes,
    retentionMs,
    retentionBytes,
    ...(minCleanableDirtyRatio !== undefined && {
      minCleanableDirtyRatio,
      minCompactionLagMs: minCompactionLagMs ?? 0,
      tombstoneRetentionMs: tombstoneRetentionMs ?? 0,
    }),
  };
}

function fieldsOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null)
    throw new LogCorruptError(`${what} is no object`);
  return value as Record<string, unknown>;
}

function text(json: Record<string, unknown>, key: string): string {
  const value = json[key];
  if (typeof value !== 'string') throw new LogCorruptError(`${key} is no string`);
  return value;
}

function count(json: Record<string, unknown>, key: string): number {
  const value = json[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new LogCorruptError(`${key} is no count`);
  }
  return value;
}
