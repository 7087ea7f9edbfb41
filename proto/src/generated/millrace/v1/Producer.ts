// Original file: millrace/v1/producer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { InitProducerRequest as _millrace_v1_InitProducerRequest, InitProducerRequest__Output as _millrace_v1_InitProducerRequest__Output } from '../../millrace/v1/InitProducerRequest.ts';
import type { InitProducerResponse as _millrace_v1_InitProducerResponse, InitProducerResponse__Output as _millrace_v1_InitProducerResponse__Output } from '../../millrace/v1/InitProducerResponse.ts';
import type { ProduceRequest as _millrace_v1_ProduceRequest, ProduceRequest__Output as _millrace_v1_ProduceRequest__Output } from '../../millrace/v1/ProduceRequest.ts';
import type { ProduceResponse as _millrace_v1_ProduceResponse, ProduceResponse__Output as _millrace_v1_ProduceResponse__Output } from '../../millrace/v1/ProduceResponse.ts';
import type { ProduceStreamRequest as _millrace_v1_ProduceStreamRequest, ProduceStreamRequest__Output as _millrace_v1_ProduceStreamRequest__Output } from '../../millrace/v1/ProduceStreamRequest.ts';
import type { ProduceStreamResponse as _millrace_v1_ProduceStreamResponse, ProduceStreamResponse__Output as _millrace_v1_ProduceStreamResponse__Output } from '../../millrace/v1/ProduceStreamResponse.ts';

/**
 * Appends records to topics.
 */
export interface ProducerClient extends grpc.Client {
  /**
   * An id of its own for an idempotent producer, never given twice. With it in its batches, each with the sequence of its
   * first record, a batch that is sent again is in the log once.
   */
  InitProducer(argument: _millrace_v1_InitProducerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  InitProducer(argument: _millrace_v1_InitProducerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  InitProducer(argument: _millrace_v1_InitProducerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  InitProducer(argument: _millrace_v1_InitProducerRequest, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  /**
   * An id of its own for an idempotent producer, never given twice. With it in its batches, each with the sequence of its
   * first record, a batch that is sent again is in the log once.
   */
  initProducer(argument: _millrace_v1_InitProducerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  initProducer(argument: _millrace_v1_InitProducerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  initProducer(argument: _millrace_v1_InitProducerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  initProducer(argument: _millrace_v1_InitProducerRequest, callback: grpc.requestCallback<_millrace_v1_InitProducerResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Appends and answers once, when all entries are acknowledged or refused. Fails as a call when no entry was applied and
   * otherwise reports errors in the results.
   */
  Produce(argument: _millrace_v1_ProduceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  Produce(argument: _millrace_v1_ProduceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  Produce(argument: _millrace_v1_ProduceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  Produce(argument: _millrace_v1_ProduceRequest, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Appends and answers once, when all entries are acknowledged or refused. Fails as a call when no entry was applied and
   * otherwise reports errors in the results.
   */
  produce(argument: _millrace_v1_ProduceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  produce(argument: _millrace_v1_ProduceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  produce(argument: _millrace_v1_ProduceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  produce(argument: _millrace_v1_ProduceRequest, callback: grpc.requestCallback<_millrace_v1_ProduceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Appends in order per partition; acknowledgements of different requests may overtake each other. Errors are in-band:
   * only a protocol violation or failed authentication ends the stream.
   */
  ProduceStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamResponse__Output>;
  ProduceStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamResponse__Output>;
  /**
   * Appends in order per partition; acknowledgements of different requests may overtake each other. Errors are in-band:
   * only a protocol violation or failed authentication ends the stream.
   */
  produceStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamResponse__Output>;
  produceStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamResponse__Output>;
  
}

/**
 * Appends records to topics.
 */
export interface ProducerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * An id of its own for an idempotent producer, never given twice. With it in its batches, each with the sequence of its
   * first record, a batch that is sent again is in the log once.
   */
  InitProducer: grpc.handleUnaryCall<_millrace_v1_InitProducerRequest__Output, _millrace_v1_InitProducerResponse>;
  
  /**
   * Appends and answers once, when all entries are acknowledged or refused. Fails as a call when no entry was applied and
   * otherwise reports errors in the results.
   */
  Produce: grpc.handleUnaryCall<_millrace_v1_ProduceRequest__Output, _millrace_v1_ProduceResponse>;
  
  /**
   * Appends in order per partition; acknowledgements of different requests may overtake each other. Errors are in-band:
   * only a protocol violation or failed authentication ends the stream.
   */
  ProduceStream: grpc.handleBidiStreamingCall<_millrace_v1_ProduceStreamRequest__Output, _millrace_v1_ProduceStreamResponse>;
  
}

export interface ProducerDefinition extends grpc.ServiceDefinition {
  InitProducer: MethodDefinition<_millrace_v1_InitProducerRequest, _millrace_v1_InitProducerResponse, _millrace_v1_InitProducerRequest__Output, _millrace_v1_InitProducerResponse__Output>
  Produce: MethodDefinition<_millrace_v1_ProduceRequest, _millrace_v1_ProduceResponse, _millrace_v1_ProduceRequest__Output, _millrace_v1_ProduceResponse__Output>
  ProduceStream: MethodDefinition<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamResponse, _millrace_v1_ProduceStreamRequest__Output, _millrace_v1_ProduceStreamResponse__Output>
}
