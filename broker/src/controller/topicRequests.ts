/** What can be asked of topics, whoever makes their partitions. */
import type { TopicId } from '@millrace/core/ids';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type {
  AlterTopicRequest,
  CreatedTopic,
  CreateTopicRequest,
  TopicReference,
} from './adminRequests.ts';

export interface TopicRequests {
  /** Finishes what the controllers before left half done. */
  finish(): Promise<void>;
  create(request: CreateTopicRequest): Promise<CreatedTopic>;
  alter(request: AlterTopicRequest): Promise<TopicMetadata>;
  delete(reference: TopicReference): Promise<TopicId>;
}
