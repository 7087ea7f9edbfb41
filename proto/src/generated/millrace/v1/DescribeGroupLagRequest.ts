// Original file: millrace/v1/groups.proto


export interface DescribeGroupLagRequest {
  /**
   * None: all groups. At most 1,000.
   */
  'groups'?: (string)[];
  /**
   * Without partitions.
   */
  'summary'?: (boolean);
  /**
   * Partitions in a reply at most, or with `summary` groups, 1 to 10,000; 0: 1,000.
   */
  'pageSize'?: (number);
  /**
   * From the previous reply.
   */
  'pageToken'?: (string);
}

export interface DescribeGroupLagRequest__Output {
  /**
   * None: all groups. At most 1,000.
   */
  'groups': (string)[];
  /**
   * Without partitions.
   */
  'summary': (boolean);
  /**
   * Partitions in a reply at most, or with `summary` groups, 1 to 10,000; 0: 1,000.
   */
  'pageSize': (number);
  /**
   * From the previous reply.
   */
  'pageToken': (string);
}
