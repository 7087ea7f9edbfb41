// Original file: millrace/peer/v1/replication.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FollowRequest as _millrace_peer_v1_FollowRequest, FollowRequest__Output as _millrace_peer_v1_FollowRequest__Output } from '../../../millrace/peer/v1/FollowRequest.ts';
import type { FollowResponse as _millrace_peer_v1_FollowResponse, FollowResponse__Output as _millrace_peer_v1_FollowResponse__Output } from '../../../millrace/peer/v1/FollowResponse.ts';

/**
 * How a follower gets the records of its leaders. Served on the port `peer-data` only.
 */
export interface ReplicationClient extends grpc.Client {
  /**
   * One stream per follower broker, leader broker and lane.
   */
  Follow(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowResponse__Output>;
  Follow(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowResponse__Output>;
  /**
   * One stream per follower broker, leader broker and lane.
   */
  follow(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowResponse__Output>;
  follow(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowResponse__Output>;
  
}

/**
 * How a follower gets the records of its leaders. Served on the port `peer-data` only.
 */
export interface ReplicationHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One stream per follower broker, leader broker and lane.
   */
  Follow: grpc.handleBidiStreamingCall<_millrace_peer_v1_FollowRequest__Output, _millrace_peer_v1_FollowResponse>;
  
}

export interface ReplicationDefinition extends grpc.ServiceDefinition {
  Follow: MethodDefinition<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowResponse, _millrace_peer_v1_FollowRequest__Output, _millrace_peer_v1_FollowResponse__Output>
}
