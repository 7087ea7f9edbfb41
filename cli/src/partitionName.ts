/** What arguments name: partitions and copies. All throw UsageError. */
import type { TopicPartition } from '@millrace/client/clusterAdmin';
import { wholeNumber } from './optionValues.ts';
import { UsageError } from './usageError.ts';

const INT32_MAX = 0x7fff_ffff;
export const parseBrokerId = wholeNumber(0, INT32_MAX);

/** `TOPIC:PARTITION`. */
export function parsePartition(text: string): TopicPartition {
  const { topic, partition } = parseTopicOrPartition(text);
  if (partition === undefined) {
    throw new UsageError(`${JSON.stringify(text)} is not TOPIC:PARTITION`);
  }
  return { topic, partition };
}

/** `TOPIC` or `TOPIC:PARTITION`. */
export function parseTopicOrPartition(text: string): {
  readonly topic: string;
  readonly partition: number | undefined;
} {
  const [topic = '', number, ...rest] = text.split(':');
  if (topic === '' || rest.length > 0) {
    throw new UsageError(`${JSON.stringify(text)} is neither TOPIC nor TOPIC:PARTITION`);
  }
  return { topic, partition: number === undefined ? undefined : wholeNumber(0, INT32_MAX)(number) };
}

/** `BROKER:COPY`, the copy in 12 hex digits. */
export function parseCopy(text: string): string {
  if (/^(0|[1-9]\d{0,9}):[0-9a-f]{12}$/.test(text)) return text;
  throw new UsageError(
    `${JSON.stringify(text)} is not BROKER:COPY (millrace partitions describe --copies shows them)`,
  );
}

/** `0,1,2`, repeatable. */
export function collectBrokers(text: string, earlier: readonly number[] = []): number[] {
  const given = text.split(',').map((part) => parseBrokerId(part.trim()));
  return [...new Set([...earlier, ...given])];
}
