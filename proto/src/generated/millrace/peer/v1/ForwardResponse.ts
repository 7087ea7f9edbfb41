// Original file: millrace/peer/v1/controller.proto


export interface ForwardResponse {
  /**
   * The response of the method.
   */
  'response'?: (Buffer | Uint8Array | string);
}

export interface ForwardResponse__Output {
  /**
   * The response of the method.
   */
  'response': (Buffer);
}
