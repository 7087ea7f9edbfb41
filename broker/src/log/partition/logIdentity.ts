import type { CopyId, TopicId } from '@millrace/core/ids';

export interface LogIdentity {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly copyId: CopyId;
  /** Absolute: topics/<topicId>/<partition>. */
  readonly directory: string;
}
