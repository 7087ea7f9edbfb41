/**
 * Configuration of a topic. On the wire, in resources and in `partition.json` it is keys and texts; inside, a
 * TopicConfig. (contracts.md, Configuration)
 */
import {
  autoCount,
  bytes,
  type ConfigOf,
  type ConfigRow,
  choice,
  ms,
  optionalBytes,
  optionalMs,
  ratio,
} from './configTable.ts';
import { millraceError } from './errors.ts';
import { parseValue, rowOf } from './resolveConfig.ts';

/** Fields of their own in CreateTopic, not keys of its config: neither is altered like one. */
export const TOPIC_SHAPE_TABLE = {
  partitions: autoCount({
    max: 10_000,
    sentence: 'Number of partitions, 3 unless given (embedded: 1); it only grows.',
    kafka: 'num.partitions',
  }),
  replicationFactor: autoCount({
    sentence: 'Copies of each partition; the smaller of 3 and the number of brokers unless given.',
    kafka: 'default.replication.factor',
  }),
};

export const TOPIC_TABLE = {
  minInsyncReplicas: autoCount({
    sentence:
      'Copies that must hold a record before acks=all is answered; ' +
      '2 with three or more replicas, else 1.',
    kafka: 'min.insync.replicas',
  }),
  durability: choice(['fsync', 'async'], {
    default: 'fsync',
    sentence:
      'When a record counts: fsync, once the journal has synced it; async, once it is written, ' +
      'and a power cut may lose it.',
    kafka: null,
  }),
  cleanupPolicy: choice(['delete', 'compact', 'compact,delete'], {
    default: 'delete',
    sentence:
      'What retention does: delete whole old segments, keep the latest of each key, or both.',
    kafka: 'cleanup.policy',
  }),
  batchBytesMax: bytes({
    default: 2 ** 20,
    min: 1024,
    max: 2 ** 30,
    sentence: 'Largest record batch taken, header included, as compressed by the producer.',
    kafka: 'max.message.bytes',
  }),
  segmentBytesMax: bytes({
    default: 256 * 2 ** 20,
    min: 4096,
    max: 2 ** 31 - 1,
    sentence: 'A segment that would grow past this is closed and the next one begun.',
    kafka: 'segment.bytes',
  }),
  segmentMsMax: ms({
    default: 7 * 86_400_000,
    min: 1000,
    sentence: 'A segment is closed once its first record is this old.',
    kafka: 'segment.ms',
  }),
  indexIntervalBytes: bytes({
    default: 4096,
    min: 512,
    max: 2 ** 30,
    sentence: 'Bytes of log between two entries of an index.',
    kafka: 'index.interval.bytes',
  }),
  retentionMs: optionalMs({
    default: 7 * 86_400_000,
    sentence: 'Segments whose newest record is older are removed; none keeps them for ever.',
    kafka: 'retention.ms',
  }),
  retentionBytes: optionalBytes({
    default: undefined,
    sentence: 'A partition above this loses its oldest segments; none sets no limit.',
    kafka: 'retention.bytes',
  }),
  minCleanableDirtyRatio: ratio({
    default: 0.5,
    sentence:
      'Share of a compacted partition that must be new since the last time before it is compacted again.',
    kafka: 'min.cleanable.dirty.ratio',
  }),
  minCompactionLagMs: ms({
    default: 0,
    sentence: 'Younger records are left alone by compaction.',
    kafka: 'min.compaction.lag.ms',
  }),
  tombstoneRetentionMs: ms({
    default: 86_400_000,
    sentence: 'How long the record that deletes a key is kept after compaction has met it first.',
    kafka: 'delete.retention.ms',
  }),
  timestampAheadMsMax: ms({
    default: 3_600_000,
    sentence: "Records that claim to be further ahead of the broker's clock are refused.",
    kafka: 'message.timestamp.after.max.ms',
  }),
};

export type TopicConfig = ConfigOf<typeof TOPIC_TABLE>;
type TopicTexts = Readonly<Record<string, string>>;

export interface TopicContext {
  /** Of the topic; decides what `auto` means for minInsyncReplicas. Default 1. */
  readonly replicationFactor?: number;
}

/**
 * Throws INVALID_CONFIG for an unknown key, for a value that does not parse, and for values that contradict each
 * other. `keys` checks the keys alone: for keys that go back to their defaults.
 */
export function checkTopicConfig(given: TopicTexts, what: 'keys' | 'values' = 'values'): void {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(TOPIC_SHAPE_TABLE, key)) {
      throw millraceError(
        'INVALID_CONFIG',
        `${key} is not part of the configuration, but a field of the request`,
      );
    }
    rowOf(TOPIC_TABLE, key);
  }
  if (what === 'keys') return;
  const { batchBytesMax, segmentBytesMax } = resolveTopicConfig(given);
  if (batchBytesMax > segmentBytesMax) {
    throw millraceError(
      'INVALID_CONFIG',
      `batchBytesMax (${batchBytesMax}) is above segmentBytesMax (${segmentBytesMax})`,
    );
  }
}

/**
 * Every key with its value. Unknown keys are left out: a newer version may have stored them; what users give goes
 * through checkTopicConfig first. Throws INVALID_CONFIG for a value that does not parse.
 */
export function resolveTopicConfig(given: TopicTexts, context: TopicContext = {}): TopicConfig {
  const resolved: Record<string, unknown> = {};
  for (const [key, row] of rows()) {
    const text = Object.hasOwn(given, key) ? given[key] : undefined;
    resolved[key] = text === undefined ? row.default : parseValue(key, row, text);
  }
  // Every key of the table was visited, each with a value of its row.
  const config = resolved as unknown as TopicConfig;
  if (config.minInsyncReplicas !== 0) return config;
  return { ...config, minInsyncReplicas: (context.replicationFactor ?? 1) >= 3 ? 2 : 1 };
}

/** Every key with its value as text, numbers plain: what is stored, and what DescribeTopic shows. */
export function topicConfigValues(
  given: TopicTexts,
  context: TopicContext = {},
): Record<string, string> {
  const config: Readonly<Record<string, unknown>> = resolveTopicConfig(given, context);
  const values: Record<string, string> = {};
  for (const [key] of rows()) values[key] = plain(config[key]);
  return values;
}

function rows(): [string, ConfigRow<unknown>][] {
  return Object.entries<ConfigRow<unknown>>(TOPIC_TABLE);
}

function plain(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
