// Original file: millrace/v1/cluster.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DescribeRequest as _millrace_v1_DescribeRequest, DescribeRequest__Output as _millrace_v1_DescribeRequest__Output } from '../../millrace/v1/DescribeRequest.ts';
import type { DescribeResponse as _millrace_v1_DescribeResponse, DescribeResponse__Output as _millrace_v1_DescribeResponse__Output } from '../../millrace/v1/DescribeResponse.ts';
import type { WatchMetadataRequest as _millrace_v1_WatchMetadataRequest, WatchMetadataRequest__Output as _millrace_v1_WatchMetadataRequest__Output } from '../../millrace/v1/WatchMetadataRequest.ts';
import type { WatchMetadataResponse as _millrace_v1_WatchMetadataResponse, WatchMetadataResponse__Output as _millrace_v1_WatchMetadataResponse__Output } from '../../millrace/v1/WatchMetadataResponse.ts';

/**
 * What a client needs to find its way.
 */
export interface ClusterClient extends grpc.Client {
  Describe(argument: _millrace_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _millrace_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _millrace_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _millrace_v1_DescribeRequest, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _millrace_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _millrace_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _millrace_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _millrace_v1_DescribeRequest, callback: grpc.requestCallback<_millrace_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Brokers and topics as they are, then every change as the answering broker hears of it. A client that reads slowly gets
   * fewer messages, each with what is so by then.
   */
  WatchMetadata(argument: _millrace_v1_WatchMetadataRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_WatchMetadataResponse__Output>;
  WatchMetadata(argument: _millrace_v1_WatchMetadataRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_WatchMetadataResponse__Output>;
  /**
   * Brokers and topics as they are, then every change as the answering broker hears of it. A client that reads slowly gets
   * fewer messages, each with what is so by then.
   */
  watchMetadata(argument: _millrace_v1_WatchMetadataRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_WatchMetadataResponse__Output>;
  watchMetadata(argument: _millrace_v1_WatchMetadataRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_millrace_v1_WatchMetadataResponse__Output>;
  
}

/**
 * What a client needs to find its way.
 */
export interface ClusterHandlers extends grpc.UntypedServiceImplementation {
  Describe: grpc.handleUnaryCall<_millrace_v1_DescribeRequest__Output, _millrace_v1_DescribeResponse>;
  
  /**
   * Brokers and topics as they are, then every change as the answering broker hears of it. A client that reads slowly gets
   * fewer messages, each with what is so by then.
   */
  WatchMetadata: grpc.handleServerStreamingCall<_millrace_v1_WatchMetadataRequest__Output, _millrace_v1_WatchMetadataResponse>;
  
}

export interface ClusterDefinition extends grpc.ServiceDefinition {
  Describe: MethodDefinition<_millrace_v1_DescribeRequest, _millrace_v1_DescribeResponse, _millrace_v1_DescribeRequest__Output, _millrace_v1_DescribeResponse__Output>
  WatchMetadata: MethodDefinition<_millrace_v1_WatchMetadataRequest, _millrace_v1_WatchMetadataResponse, _millrace_v1_WatchMetadataRequest__Output, _millrace_v1_WatchMetadataResponse__Output>
}
