// Original file: millrace/v1/admin.proto


export interface ListTopicsRequest {
  'includeInternal'?: (boolean);
  /**
   * At most this many; 0: 1,000.
   */
  'pageSize'?: (number);
  /**
   * From the previous reply.
   */
  'pageToken'?: (string);
}

export interface ListTopicsRequest__Output {
  'includeInternal': (boolean);
  /**
   * At most this many; 0: 1,000.
   */
  'pageSize': (number);
  /**
   * From the previous reply.
   */
  'pageToken': (string);
}
