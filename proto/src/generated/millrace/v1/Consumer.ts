// Original file: millrace/v1/consumer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CommitOffsetsRequest as _millrace_v1_CommitOffsetsRequest, CommitOffsetsRequest__Output as _millrace_v1_CommitOffsetsRequest__Output } from '../../millrace/v1/CommitOffsetsRequest.ts';
import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from '../../millrace/v1/CommitOffsetsResponse.ts';
import type { ConsumeRequest as _millrace_v1_ConsumeRequest, ConsumeRequest__Output as _millrace_v1_ConsumeRequest__Output } from '../../millrace/v1/ConsumeRequest.ts';
import type { ConsumeResponse as _millrace_v1_ConsumeResponse, ConsumeResponse__Output as _millrace_v1_ConsumeResponse__Output } from '../../millrace/v1/ConsumeResponse.ts';
import type { FetchOffsetsRequest as _millrace_v1_FetchOffsetsRequest, FetchOffsetsRequest__Output as _millrace_v1_FetchOffsetsRequest__Output } from '../../millrace/v1/FetchOffsetsRequest.ts';
import type { FetchOffsetsResponse as _millrace_v1_FetchOffsetsResponse, FetchOffsetsResponse__Output as _millrace_v1_FetchOffsetsResponse__Output } from '../../millrace/v1/FetchOffsetsResponse.ts';
import type { FetchOnceRequest as _millrace_v1_FetchOnceRequest, FetchOnceRequest__Output as _millrace_v1_FetchOnceRequest__Output } from '../../millrace/v1/FetchOnceRequest.ts';
import type { FetchOnceResponse as _millrace_v1_FetchOnceResponse, FetchOnceResponse__Output as _millrace_v1_FetchOnceResponse__Output } from '../../millrace/v1/FetchOnceResponse.ts';
import type { FetchRequest as _millrace_v1_FetchRequest, FetchRequest__Output as _millrace_v1_FetchRequest__Output } from '../../millrace/v1/FetchRequest.ts';
import type { FetchResponse as _millrace_v1_FetchResponse, FetchResponse__Output as _millrace_v1_FetchResponse__Output } from '../../millrace/v1/FetchResponse.ts';
import type { GroupHeartbeatRequest as _millrace_v1_GroupHeartbeatRequest, GroupHeartbeatRequest__Output as _millrace_v1_GroupHeartbeatRequest__Output } from '../../millrace/v1/GroupHeartbeatRequest.ts';
import type { GroupHeartbeatResponse as _millrace_v1_GroupHeartbeatResponse, GroupHeartbeatResponse__Output as _millrace_v1_GroupHeartbeatResponse__Output } from '../../millrace/v1/GroupHeartbeatResponse.ts';
import type { ListOffsetsRequest as _millrace_v1_ListOffsetsRequest, ListOffsetsRequest__Output as _millrace_v1_ListOffsetsRequest__Output } from '../../millrace/v1/ListOffsetsRequest.ts';
import type { ListOffsetsResponse as _millrace_v1_ListOffsetsResponse, ListOffsetsResponse__Output as _millrace_v1_ListOffsetsResponse__Output } from '../../millrace/v1/ListOffsetsResponse.ts';
import type { MembershipRequest as _millrace_v1_MembershipRequest, MembershipRequest__Output as _millrace_v1_MembershipRequest__Output } from '../../millrace/v1/MembershipRequest.ts';
import type { MembershipResponse as _millrace_v1_MembershipResponse, MembershipResponse__Output as _millrace_v1_MembershipResponse__Output } from '../../millrace/v1/MembershipResponse.ts';
import type { OffsetForLeaderEpochRequest as _millrace_v1_OffsetForLeaderEpochRequest, OffsetForLeaderEpochRequest__Output as _millrace_v1_OffsetForLeaderEpochRequest__Output } from '../../millrace/v1/OffsetForLeaderEpochRequest.ts';
import type { OffsetForLeaderEpochResponse as _millrace_v1_OffsetForLeaderEpochResponse, OffsetForLeaderEpochResponse__Output as _millrace_v1_OffsetForLeaderEpochResponse__Output } from '../../millrace/v1/OffsetForLeaderEpochResponse.ts';

/**
 * Reads records by partition and offset.
 */
export interface ConsumerClient extends grpc.Client {
  /**
   * Answered once the offsets are on as many replicas as protect records.
   */
  CommitOffsets(argument: _millrace_v1_CommitOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  CommitOffsets(argument: _millrace_v1_CommitOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  CommitOffsets(argument: _millrace_v1_CommitOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  CommitOffsets(argument: _millrace_v1_CommitOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answered once the offsets are on as many replicas as protect records.
   */
  commitOffsets(argument: _millrace_v1_CommitOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  commitOffsets(argument: _millrace_v1_CommitOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  commitOffsets(argument: _millrace_v1_CommitOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  commitOffsets(argument: _millrace_v1_CommitOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_CommitOffsetsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * A member of a group that is sent the records of what it is assigned: the broker keeps its session as long as the stream
   * lasts. Ended by the client the member leaves; broken, its partitions go to others once its session has expired.
   */
  Consume(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeResponse__Output>;
  Consume(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeResponse__Output>;
  /**
   * A member of a group that is sent the records of what it is assigned: the broker keeps its session as long as the stream
   * lasts. Ended by the client the member leaves; broken, its partitions go to others once its session has expired.
   */
  consume(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeResponse__Output>;
  consume(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeResponse__Output>;
  
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
   * What is committed when the request comes; never something older.
   */
  FetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  FetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  FetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  FetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * What is committed when the request comes; never something older.
   */
  fetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  fetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  fetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  fetchOffsets(argument: _millrace_v1_FetchOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_FetchOffsetsResponse__Output>): grpc.ClientUnaryCall;
  
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
   * Joins a group, keeps a member's session, tells it what to work on, lets it leave.
   */
  GroupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  GroupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  GroupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  GroupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Joins a group, keeps a member's session, tells it what to work on, lets it leave.
   */
  groupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  groupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  groupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  groupHeartbeat(argument: _millrace_v1_GroupHeartbeatRequest, callback: grpc.requestCallback<_millrace_v1_GroupHeartbeatResponse__Output>): grpc.ClientUnaryCall;
  
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
   * GroupHeartbeat and CommitOffsets of one member on one stream. Its end is no leave: the session goes on until it expires.
   */
  Membership(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_MembershipRequest, _millrace_v1_MembershipResponse__Output>;
  Membership(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_MembershipRequest, _millrace_v1_MembershipResponse__Output>;
  /**
   * GroupHeartbeat and CommitOffsets of one member on one stream. Its end is no leave: the session goes on until it expires.
   */
  membership(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_MembershipRequest, _millrace_v1_MembershipResponse__Output>;
  membership(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_MembershipRequest, _millrace_v1_MembershipResponse__Output>;
  
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
   * Answered once the offsets are on as many replicas as protect records.
   */
  CommitOffsets: grpc.handleUnaryCall<_millrace_v1_CommitOffsetsRequest__Output, _millrace_v1_CommitOffsetsResponse>;
  
  /**
   * A member of a group that is sent the records of what it is assigned: the broker keeps its session as long as the stream
   * lasts. Ended by the client the member leaves; broken, its partitions go to others once its session has expired.
   */
  Consume: grpc.handleBidiStreamingCall<_millrace_v1_ConsumeRequest__Output, _millrace_v1_ConsumeResponse>;
  
  /**
   * Streams records from a start position and follows the end of the log. Backpressure is HTTP/2 flow control: a client that
   * stops reading holds up its own stream alone.
   */
  Fetch: grpc.handleServerStreamingCall<_millrace_v1_FetchRequest__Output, _millrace_v1_FetchResponse>;
  
  /**
   * What is committed when the request comes; never something older.
   */
  FetchOffsets: grpc.handleUnaryCall<_millrace_v1_FetchOffsetsRequest__Output, _millrace_v1_FetchOffsetsResponse>;
  
  /**
   * Reads once, waiting for data at most max_wait_ms.
   */
  FetchOnce: grpc.handleUnaryCall<_millrace_v1_FetchOnceRequest__Output, _millrace_v1_FetchOnceResponse>;
  
  /**
   * Joins a group, keeps a member's session, tells it what to work on, lets it leave.
   */
  GroupHeartbeat: grpc.handleUnaryCall<_millrace_v1_GroupHeartbeatRequest__Output, _millrace_v1_GroupHeartbeatResponse>;
  
  /**
   * Turns times and symbolic positions into offsets.
   */
  ListOffsets: grpc.handleUnaryCall<_millrace_v1_ListOffsetsRequest__Output, _millrace_v1_ListOffsetsResponse>;
  
  /**
   * GroupHeartbeat and CommitOffsets of one member on one stream. Its end is no leave: the session goes on until it expires.
   */
  Membership: grpc.handleBidiStreamingCall<_millrace_v1_MembershipRequest__Output, _millrace_v1_MembershipResponse>;
  
  /**
   * Where a leader epoch ended; a consumer that comes back checks with it whether the log was truncated under it.
   */
  OffsetForLeaderEpoch: grpc.handleUnaryCall<_millrace_v1_OffsetForLeaderEpochRequest__Output, _millrace_v1_OffsetForLeaderEpochResponse>;
  
}

export interface ConsumerDefinition extends grpc.ServiceDefinition {
  CommitOffsets: MethodDefinition<_millrace_v1_CommitOffsetsRequest, _millrace_v1_CommitOffsetsResponse, _millrace_v1_CommitOffsetsRequest__Output, _millrace_v1_CommitOffsetsResponse__Output>
  Consume: MethodDefinition<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeResponse, _millrace_v1_ConsumeRequest__Output, _millrace_v1_ConsumeResponse__Output>
  Fetch: MethodDefinition<_millrace_v1_FetchRequest, _millrace_v1_FetchResponse, _millrace_v1_FetchRequest__Output, _millrace_v1_FetchResponse__Output>
  FetchOffsets: MethodDefinition<_millrace_v1_FetchOffsetsRequest, _millrace_v1_FetchOffsetsResponse, _millrace_v1_FetchOffsetsRequest__Output, _millrace_v1_FetchOffsetsResponse__Output>
  FetchOnce: MethodDefinition<_millrace_v1_FetchOnceRequest, _millrace_v1_FetchOnceResponse, _millrace_v1_FetchOnceRequest__Output, _millrace_v1_FetchOnceResponse__Output>
  GroupHeartbeat: MethodDefinition<_millrace_v1_GroupHeartbeatRequest, _millrace_v1_GroupHeartbeatResponse, _millrace_v1_GroupHeartbeatRequest__Output, _millrace_v1_GroupHeartbeatResponse__Output>
  ListOffsets: MethodDefinition<_millrace_v1_ListOffsetsRequest, _millrace_v1_ListOffsetsResponse, _millrace_v1_ListOffsetsRequest__Output, _millrace_v1_ListOffsetsResponse__Output>
  Membership: MethodDefinition<_millrace_v1_MembershipRequest, _millrace_v1_MembershipResponse, _millrace_v1_MembershipRequest__Output, _millrace_v1_MembershipResponse__Output>
  OffsetForLeaderEpoch: MethodDefinition<_millrace_v1_OffsetForLeaderEpochRequest, _millrace_v1_OffsetForLeaderEpochResponse, _millrace_v1_OffsetForLeaderEpochRequest__Output, _millrace_v1_OffsetForLeaderEpochResponse__Output>
}
