// Original file: millrace/v1/admin.proto


export interface CreateTopicRequest {
  'name'?: (string);
  /**
   * 0: the broker's default.
   */
  'partitions'?: (number);
  /**
   * 0: the broker's default.
   */
  'replicationFactor'?: (number);
  /**
   * Keys of docs/CONFIGURATION.md; values may carry units ("7d", "256MiB").
   */
  'config'?: ({[key: string]: string});
  /**
   * Check only.
   */
  'validateOnly'?: (boolean);
}

export interface CreateTopicRequest__Output {
  'name': (string);
  /**
   * 0: the broker's default.
   */
  'partitions': (number);
  /**
   * 0: the broker's default.
   */
  'replicationFactor': (number);
  /**
   * Keys of docs/CONFIGURATION.md; values may carry units ("7d", "256MiB").
   */
  'config': ({[key: string]: string});
  /**
   * Check only.
   */
  'validateOnly': (boolean);
}
