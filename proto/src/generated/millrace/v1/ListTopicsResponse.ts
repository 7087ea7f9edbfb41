// Original file: millrace/v1/admin.proto

import type { TopicSummary as _millrace_v1_TopicSummary, TopicSummary__Output as _millrace_v1_TopicSummary__Output } from '../../millrace/v1/TopicSummary.ts';

export interface ListTopicsResponse {
  'topics'?: (_millrace_v1_TopicSummary)[];
  /**
   * Empty: that was all.
   */
  'nextPageToken'?: (string);
}

export interface ListTopicsResponse__Output {
  'topics': (_millrace_v1_TopicSummary__Output)[];
  /**
   * Empty: that was all.
   */
  'nextPageToken': (string);
}
