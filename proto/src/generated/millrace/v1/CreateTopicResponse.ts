// Original file: millrace/v1/admin.proto

import type { TopicDescription as _millrace_v1_TopicDescription, TopicDescription__Output as _millrace_v1_TopicDescription__Output } from '../../millrace/v1/TopicDescription.ts';

export interface CreateTopicResponse {
  'topic'?: (_millrace_v1_TopicDescription | null);
  /**
   * The topic was there already with the same shape.
   */
  'existed'?: (boolean);
}

export interface CreateTopicResponse__Output {
  'topic': (_millrace_v1_TopicDescription__Output | null);
  /**
   * The topic was there already with the same shape.
   */
  'existed': (boolean);
}
