// Original file: millrace/v1/cluster.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DescribeRequest as _millrace_v1_DescribeRequest, DescribeRequest__Output as _millrace_v1_DescribeRequest__Output } from '../../millrace/v1/DescribeRequest.ts';
import type { DescribeResponse as _millrace_v1_DescribeResponse, DescribeResponse__Output as _millrace_v1_DescribeResponse__Output } from '../../millrace/v1/DescribeResponse.ts';

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
  
}

/**
 * What a client needs to find its way.
 */
export interface ClusterHandlers extends grpc.UntypedServiceImplementation {
  Describe: grpc.handleUnaryCall<_millrace_v1_DescribeRequest__Output, _millrace_v1_DescribeResponse>;
  
}

export interface ClusterDefinition extends grpc.ServiceDefinition {
  Describe: MethodDefinition<_millrace_v1_DescribeRequest, _millrace_v1_DescribeResponse, _millrace_v1_DescribeRequest__Output, _millrace_v1_DescribeResponse__Output>
}
