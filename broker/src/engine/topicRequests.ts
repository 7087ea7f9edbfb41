/** What may be asked of topics. */
import type { TopicReference } from './topics.ts';

export interface CreateTopic {
  readonly name: string;
  /** 0: the default. */
  readonly partitions: number;
  /** 0: the default. */
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
  readonly validateOnly: boolean;
}

export interface AlterTopic {
  readonly reference: TopicReference;
  /** 0: unchanged. */
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
  readonly configUnset: readonly string[];
  readonly validateOnly: boolean;
}
