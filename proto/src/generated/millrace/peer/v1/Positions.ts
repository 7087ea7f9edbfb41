// Original file: millrace/peer/v1/positions.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { PartitionPositionsRequest as _millrace_peer_v1_PartitionPositionsRequest, PartitionPositionsRequest__Output as _millrace_peer_v1_PartitionPositionsRequest__Output } from '../../../millrace/peer/v1/PartitionPositionsRequest.ts';
import type { PartitionPositionsResponse as _millrace_peer_v1_PartitionPositionsResponse, PartitionPositionsResponse__Output as _millrace_peer_v1_PartitionPositionsResponse__Output } from '../../../millrace/peer/v1/PartitionPositionsResponse.ts';

/**
 * What coordinators of groups ask of the leaders of partitions; called through Controller.Forward.
 */
export interface PositionsClient extends grpc.Client {
  /**
   * Where partitions of many topics begin and end, and how old records are: one call for all that a broker leads.
   */
  PartitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  PartitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  PartitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  PartitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Where partitions of many topics begin and end, and how old records are: one call for all that a broker leads.
   */
  partitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  partitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  partitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  partitionPositions(argument: _millrace_peer_v1_PartitionPositionsRequest, callback: grpc.requestCallback<_millrace_peer_v1_PartitionPositionsResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * What coordinators of groups ask of the leaders of partitions; called through Controller.Forward.
 */
export interface PositionsHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Where partitions of many topics begin and end, and how old records are: one call for all that a broker leads.
   */
  PartitionPositions: grpc.handleUnaryCall<_millrace_peer_v1_PartitionPositionsRequest__Output, _millrace_peer_v1_PartitionPositionsResponse>;
  
}

export interface PositionsDefinition extends grpc.ServiceDefinition {
  PartitionPositions: MethodDefinition<_millrace_peer_v1_PartitionPositionsRequest, _millrace_peer_v1_PartitionPositionsResponse, _millrace_peer_v1_PartitionPositionsRequest__Output, _millrace_peer_v1_PartitionPositionsResponse__Output>
}
