// Original file: millrace/peer/v1/controller.proto


export interface ForwardRequest {
  /**
   * As gRPC names it: `/millrace.v1.Admin/CreateTopic`.
   */
  'method'?: (string);
  /**
   * The request of that method.
   */
  'request'?: (Buffer | Uint8Array | string);
  /**
   * What is left of the caller's deadline.
   */
  'deadlineMs'?: (number);
}

export interface ForwardRequest__Output {
  /**
   * As gRPC names it: `/millrace.v1.Admin/CreateTopic`.
   */
  'method': (string);
  /**
   * The request of that method.
   */
  'request': (Buffer);
  /**
   * What is left of the caller's deadline.
   */
  'deadlineMs': (number);
}
