// Original file: millrace/v1/common.proto


export interface Header {
  'key'?: (string);
  /**
   * Absent: a null value, which is not the same as an empty one.
   */
  'value'?: (Buffer | Uint8Array | string);
  '_value'?: "value";
}

export interface Header__Output {
  'key': (string);
  /**
   * Absent: a null value, which is not the same as an empty one.
   */
  'value'?: (Buffer);
  '_value'?: "value";
}
