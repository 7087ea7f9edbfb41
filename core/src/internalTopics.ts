/** Topics of the cluster itself (contracts.md, Groups): their shape is fixed, nobody else creates or writes them. */

export interface InternalTopic {
  readonly name: string;
  /** For ever: the partition of a key follows from it. */
  readonly partitions: number;
  readonly replicationFactorMax: number;
  readonly config: Readonly<Record<string, string>>;
}

export const GROUPS_TOPIC: InternalTopic = {
  name: '__groups',
  partitions: 16,
  replicationFactorMax: 3,
  config: {
    cleanupPolicy: 'compact',
    durability: 'fsync',
    retentionMs: 'none',
    segmentBytesMax: String(64 * 2 ** 20),
  },
};

const TOPICS: readonly InternalTopic[] = [GROUPS_TOPIC];

/** One is asked for by name and number of partitions: what does not know the shape does not mean it. */
export function internalTopic(name: string, partitions: number): InternalTopic | undefined {
  return TOPICS.find((topic) => topic.name === name && topic.partitions === partitions);
}
