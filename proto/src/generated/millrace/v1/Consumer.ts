// Original file: millrace/v1/consumer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FetchOnceRequest as _millrace_v1_FetchOnceRequest, FetchOnceRequest__Output as _millrace_v1_FetchOnceRequest__Output } from '../../millrace/v1/FetchOnceRequest.ts';
import type { FetchOnceResponse as _millrace_v1_FetchOnceResponse, FetchOnceResponse__Output as _millrace_v1_FetchOnceResponse__Output } from '../../millrace/v1/FetchOnceResponse.ts';
import type { FetchRequest as _millrace_v1_FetchRequest, FetchRequest__Output as _millrace_v1_FetchRequest__Output } from '../../millrace/v1/FetchRequest.ts';
import type { FetchResponse as _millrace_v1_FetchResponse, FetchResponse__Output as _millrace_v1_FetchResponse__Output } from '../../millrace/v1/FetchResponse.ts';
import type { ListOffsetsRequest as _millrace_v1_ListOffsetsRequest, ListOffsetsRequest__Output as _millrace_v1_ListOffsetsRequest__Output } from '../../millrace/v1/ListOffsetsRequest.ts';
import type { ListOffsetsResponse as _millrace_v1_ListOffsetsResponse, ListOffsetsResponse__Output as _millrace_v1_ListOffsetsResponse__Output } from '../../millrace/v1/ListOffsetsResponse.ts';
import type { OffsetForLeaderEpochRequest as _millrace_v1_OffsetForLeaderEpochRequest, OffsetForLeaderEpochRequest__Output as _millrace_v1_OffsetForLeaderEpochRequest__Output } from '../../millrace/v1/OffsetForLeaderEpochRequest.ts';
import type { OffsetForLeaderEpochResponse as _millrace_v1_OffsetForLeaderEpochResponse, OffsetForLeaderEpochResponse__Output as _millrace_v1_OffsetForLeaderEpochResponse__Output } from '../../millrace/v1/OffsetForLeaderEpochResponse.ts';

/**
 * Reads records by partition and offset.
 */
export interface ConsumerClient extends grpc.Client {
  /**
   * Streams records from a start position and follows the end of the log. Backpressure is HTTP/2 flow control: a client that
   * stops reading holds up its own stream alone.
   */
  Fetch(argument: _millrace_v1_FetchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_FetchResponse__Output>;
  Fetch(argument: _millrace_v1_FetchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_FetchResponse__Output>;
  /**
   * Streams records from a start position and follows the end of the log. Backpressure is HTTP/2 flow control: a client that
   * stops reading holds up its own stream alone.
   */
  fetch(argument: _millrace_v1_FetchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_FetchResponse__Output>;
  fetch(argument: _millrace_v1_FetchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_FetchResponse__Output>;
  
  /**
   * Reads once, waiting for data at most max_wait_ms.
   */
  FetchOnce(argument: _millrace_v1_FetchOnceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  FetchOnce(argument: _millrace_v1_FetchOnceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  FetchOnce(argument: _millrace_v1_FetchOnceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  FetchOnce(argument: _millrace_v1_FetchOnceRequest, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reads once, waiting for data at most max_wait_ms.
   */
  fetchOnce(argument: _millrace_v1_FetchOnceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  fetchOnce(argument: _millrace_v1_FetchOnceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  fetchOnce(argument: _millrace_v1_FetchOnceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  fetchOnce(argument: _millrace_v1_FetchOnceRequest, callback: grpc.requestCallback<_millrace_v1_FetchOnceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Turns times and symbolic positions into offsets.
   */
  ListOffsets(argument: _millrace_v1_ListOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ListOffsets(argument: _millrace_v1_ListOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ListOffsets(argument: _millrace_v1_ListOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ListOffsets(argument: _millrace_v1_ListOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Turns times and symbolic positions into offsets.
   */
  listOffsets(argument: _millrace_v1_ListOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  listOffsets(argument: _millrace_v1_ListOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  listOffsets(argument: _millrace_v1_ListOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  listOffsets(argument: _millrace_v1_ListOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_ListOffsetsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Where a leader epoch ended; a consumer that comes back checks with it whether the log was truncated under it.
   */
  OffsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  OffsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  OffsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  OffsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Where a leader epoch ended; a consumer that comes back checks with it whether the log was truncated under it.
   */
  offsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  offsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  offsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  offsetForLeaderEpoch(argument: _millrace_v1_OffsetForLeaderEpochRequest, callback: grpc.requestCallback<_millrace_v1_OffsetForLeaderEpochResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Reads records by partition and offset.
 */
export interface ConsumerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Streams records from a start position and follows the end of the log. Backpressure is HTTP/2 flow control: a client that
   * stops reading holds up its own stream alone.
   */
  Fetch: grpc.handleServerStreamingCall<_millrace_v1_FetchRequest__Output, _millrace_v1_FetchResponse>;
  
  /**
   * Reads once, waiting for data at most max_wait_ms.
   */
  FetchOnce: grpc.handleUnaryCall<_millrace_v1_FetchOnceRequest__Output, _millrace_v1_FetchOnceResponse>;
  
  /**
   * Turns times and symbolic positions into offsets.
   */
  ListOffsets: grpc.handleUnaryCall<_millrace_v1_ListOffsetsRequest__Output, _millrace_v1_ListOffsetsResponse>;
  
  /**
   * Where a leader epoch ended; a consumer that comes back checks with it whether the log was truncated under it.
   */
  OffsetForLeaderEpoch: grpc.handleUnaryCall<_millrace_v1_OffsetForLeaderEpochRequest__Output, _millrace_v1_OffsetForLeaderEpochResponse>;
  
}

export interface ConsumerDefinition extends grpc.ServiceDefinition {
  Fetch: MethodDefinition<_millrace_v1_FetchRequest, _millrace_v1_FetchResponse, _millrace_v1_FetchRequest__Output, _millrace_v1_FetchResponse__Output>
  FetchOnce: MethodDefinition<_millrace_v1_FetchOnceRequest, _millrace_v1_FetchOnceResponse, _millrace_v1_FetchOnceRequest__Output, _millrace_v1_FetchOnceResponse__Output>
  ListOffsets: MethodDefinition<_millrace_v1_ListOffsetsRequest, _millrace_v1_ListOffsetsResponse, _millrace_v1_ListOffsetsRequest__Output, _millrace_v1_ListOffsetsResponse__Output>
  OffsetForLeaderEpoch: MethodDefinition<_millrace_v1_OffsetForLeaderEpochRequest, _millrace_v1_OffsetForLeaderEpochResponse, _millrace_v1_OffsetForLeaderEpochRequest__Output, _millrace_v1_OffsetForLeaderEpochResponse__Output>
}
