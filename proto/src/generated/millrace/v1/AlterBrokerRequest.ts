// Original file: millrace/v1/admin.proto


export interface AlterBrokerRequest {
  'brokerId'?: (number);
  /**
   * New partitions are placed elsewhere. Absent: unchanged.
   */
  'cordoned'?: (boolean);
  /**
   * Its leaders and replicas move away, as far as others can take them. Absent: unchanged.
   */
  'draining'?: (boolean);
  '_cordoned'?: "cordoned";
  '_draining'?: "draining";
}

export interface AlterBrokerRequest__Output {
  'brokerId': (number);
  /**
   * New partitions are placed elsewhere. Absent: unchanged.
   */
  'cordoned'?: (boolean);
  /**
   * Its leaders and replicas move away, as far as others can take them. Absent: unchanged.
   */
  'draining'?: (boolean);
  '_cordoned'?: "cordoned";
  '_draining'?: "draining";
}
