// Original file: millrace/peer/v1/controller.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AllocateProducerIdsRequest as _millrace_peer_v1_AllocateProducerIdsRequest, AllocateProducerIdsRequest__Output as _millrace_peer_v1_AllocateProducerIdsRequest__Output } from '../../../millrace/peer/v1/AllocateProducerIdsRequest.ts';
import type { AllocateProducerIdsResponse as _millrace_peer_v1_AllocateProducerIdsResponse, AllocateProducerIdsResponse__Output as _millrace_peer_v1_AllocateProducerIdsResponse__Output } from '../../../millrace/peer/v1/AllocateProducerIdsResponse.ts';
import type { AlterPartitionsRequest as _millrace_peer_v1_AlterPartitionsRequest, AlterPartitionsRequest__Output as _millrace_peer_v1_AlterPartitionsRequest__Output } from '../../../millrace/peer/v1/AlterPartitionsRequest.ts';
import type { AlterPartitionsResponse as _millrace_peer_v1_AlterPartitionsResponse, AlterPartitionsResponse__Output as _millrace_peer_v1_AlterPartitionsResponse__Output } from '../../../millrace/peer/v1/AlterPartitionsResponse.ts';
import type { ForwardRequest as _millrace_peer_v1_ForwardRequest, ForwardRequest__Output as _millrace_peer_v1_ForwardRequest__Output } from '../../../millrace/peer/v1/ForwardRequest.ts';
import type { ForwardResponse as _millrace_peer_v1_ForwardResponse, ForwardResponse__Output as _millrace_peer_v1_ForwardResponse__Output } from '../../../millrace/peer/v1/ForwardResponse.ts';
import type { PrepareStopRequest as _millrace_peer_v1_PrepareStopRequest, PrepareStopRequest__Output as _millrace_peer_v1_PrepareStopRequest__Output } from '../../../millrace/peer/v1/PrepareStopRequest.ts';
import type { PrepareStopResponse as _millrace_peer_v1_PrepareStopResponse, PrepareStopResponse__Output as _millrace_peer_v1_PrepareStopResponse__Output } from '../../../millrace/peer/v1/PrepareStopResponse.ts';
import type { SessionRequest as _millrace_peer_v1_SessionRequest, SessionRequest__Output as _millrace_peer_v1_SessionRequest__Output } from '../../../millrace/peer/v1/SessionRequest.ts';
import type { SessionResponse as _millrace_peer_v1_SessionResponse, SessionResponse__Output as _millrace_peer_v1_SessionResponse__Output } from '../../../millrace/peer/v1/SessionResponse.ts';

/**
 * What brokers ask of the controller. A broker that is not the controller refuses all of it with NOT_CONTROLLER.
 */
export interface ControllerClient extends grpc.Client {
  AllocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  AllocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  AllocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  AllocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  allocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  allocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  allocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  allocateProducerIds(argument: _millrace_peer_v1_AllocateProducerIdsRequest, callback: grpc.requestCallback<_millrace_peer_v1_AllocateProducerIdsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Proposals of leaders to change ISRs, by compare-and-set.
   */
  AlterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  AlterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  AlterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  AlterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Proposals of leaders to change ISRs, by compare-and-set.
   */
  alterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  alterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  alterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  alterPartitions(argument: _millrace_peer_v1_AlterPartitionsRequest, callback: grpc.requestCallback<_millrace_peer_v1_AlterPartitionsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * A request of millrace.v1 that another broker took and only the controller can carry out.
   */
  Forward(argument: _millrace_peer_v1_ForwardRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  Forward(argument: _millrace_peer_v1_ForwardRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  Forward(argument: _millrace_peer_v1_ForwardRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  Forward(argument: _millrace_peer_v1_ForwardRequest, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  /**
   * A request of millrace.v1 that another broker took and only the controller can carry out.
   */
  forward(argument: _millrace_peer_v1_ForwardRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  forward(argument: _millrace_peer_v1_ForwardRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  forward(argument: _millrace_peer_v1_ForwardRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  forward(argument: _millrace_peer_v1_ForwardRequest, callback: grpc.requestCallback<_millrace_peer_v1_ForwardResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Whether a broker may be stopped now; moves its leaders away and marks it draining if so.
   */
  PrepareStop(argument: _millrace_peer_v1_PrepareStopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  PrepareStop(argument: _millrace_peer_v1_PrepareStopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  PrepareStop(argument: _millrace_peer_v1_PrepareStopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  PrepareStop(argument: _millrace_peer_v1_PrepareStopRequest, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Whether a broker may be stopped now; moves its leaders away and marks it draining if so.
   */
  prepareStop(argument: _millrace_peer_v1_PrepareStopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  prepareStop(argument: _millrace_peer_v1_PrepareStopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  prepareStop(argument: _millrace_peer_v1_PrepareStopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  prepareStop(argument: _millrace_peer_v1_PrepareStopRequest, callback: grpc.requestCallback<_millrace_peer_v1_PrepareStopResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * A broker is alive while its session is: register, then heartbeats. The controller answers with the metadata image, then
   * with deltas and with what the broker has to do.
   */
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionResponse__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionResponse__Output>;
  /**
   * A broker is alive while its session is: register, then heartbeats. The controller answers with the metadata image, then
   * with deltas and with what the broker has to do.
   */
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionResponse__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionResponse__Output>;
  
}

/**
 * What brokers ask of the controller. A broker that is not the controller refuses all of it with NOT_CONTROLLER.
 */
export interface ControllerHandlers extends grpc.UntypedServiceImplementation {
  AllocateProducerIds: grpc.handleUnaryCall<_millrace_peer_v1_AllocateProducerIdsRequest__Output, _millrace_peer_v1_AllocateProducerIdsResponse>;
  
  /**
   * Proposals of leaders to change ISRs, by compare-and-set.
   */
  AlterPartitions: grpc.handleUnaryCall<_millrace_peer_v1_AlterPartitionsRequest__Output, _millrace_peer_v1_AlterPartitionsResponse>;
  
  /**
   * A request of millrace.v1 that another broker took and only the controller can carry out.
   */
  Forward: grpc.handleUnaryCall<_millrace_peer_v1_ForwardRequest__Output, _millrace_peer_v1_ForwardResponse>;
  
  /**
   * Whether a broker may be stopped now; moves its leaders away and marks it draining if so.
   */
  PrepareStop: grpc.handleUnaryCall<_millrace_peer_v1_PrepareStopRequest__Output, _millrace_peer_v1_PrepareStopResponse>;
  
  /**
   * A broker is alive while its session is: register, then heartbeats. The controller answers with the metadata image, then
   * with deltas and with what the broker has to do.
   */
  Session: grpc.handleBidiStreamingCall<_millrace_peer_v1_SessionRequest__Output, _millrace_peer_v1_SessionResponse>;
  
}

export interface ControllerDefinition extends grpc.ServiceDefinition {
  AllocateProducerIds: MethodDefinition<_millrace_peer_v1_AllocateProducerIdsRequest, _millrace_peer_v1_AllocateProducerIdsResponse, _millrace_peer_v1_AllocateProducerIdsRequest__Output, _millrace_peer_v1_AllocateProducerIdsResponse__Output>
  AlterPartitions: MethodDefinition<_millrace_peer_v1_AlterPartitionsRequest, _millrace_peer_v1_AlterPartitionsResponse, _millrace_peer_v1_AlterPartitionsRequest__Output, _millrace_peer_v1_AlterPartitionsResponse__Output>
  Forward: MethodDefinition<_millrace_peer_v1_ForwardRequest, _millrace_peer_v1_ForwardResponse, _millrace_peer_v1_ForwardRequest__Output, _millrace_peer_v1_ForwardResponse__Output>
  PrepareStop: MethodDefinition<_millrace_peer_v1_PrepareStopRequest, _millrace_peer_v1_PrepareStopResponse, _millrace_peer_v1_PrepareStopRequest__Output, _millrace_peer_v1_PrepareStopResponse__Output>
  Session: MethodDefinition<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionResponse, _millrace_peer_v1_SessionRequest__Output, _millrace_peer_v1_SessionResponse__Output>
}
