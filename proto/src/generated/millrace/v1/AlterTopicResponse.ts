// Original file: millrace/v1/admin.proto

import type { TopicDescription as _millrace_v1_TopicDescription, TopicDescription__Output as _millrace_v1_TopicDescription__Output } from '../../millrace/v1/TopicDescription.ts';

export interface AlterTopicResponse {
  'topic'?: (_millrace_v1_TopicDescription | null);
}

export interface AlterTopicResponse__Output {
  'topic': (_millrace_v1_TopicDescription__Output | null);
}
