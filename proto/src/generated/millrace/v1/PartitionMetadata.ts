// Original file: millrace/v1/cluster.proto


export interface PartitionMetadata {
  'partition'?: (number);
  /**
   * Broker id; -1: nobody leads.
   */
  'leader'?: (number);
  'leaderEpoch'?: (number);
  /**
   * Rises with every change of this partition.
   */
  'epoch'?: (number);
  'replicas'?: (number)[];
  'isr'?: (number)[];
}

export interface PartitionMetadata__Output {
  'partition': (number);
  /**
   * Broker id; -1: nobody leads.
   */
  'leader': (number);
  'leaderEpoch': (number);
  /**
   * Rises with every change of this partition.
   */
  'epoch': (number);
  'replicas': (number)[];
  'isr': (number)[];
}
