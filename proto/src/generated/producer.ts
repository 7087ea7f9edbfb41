import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { InitProducerRequest as _millrace_v1_InitProducerRequest, InitProducerRequest__Output as _millrace_v1_InitProducerRequest__Output } from './millrace/v1/InitProducerRequest.ts';
import type { InitProducerResponse as _millrace_v1_InitProducerResponse, InitProducerResponse__Output as _millrace_v1_InitProducerResponse__Output } from './millrace/v1/InitProducerResponse.ts';
import type { ProduceEntry as _millrace_v1_ProduceEntry, ProduceEntry__Output as _millrace_v1_ProduceEntry__Output } from './millrace/v1/ProduceEntry.ts';
import type { ProduceRequest as _millrace_v1_ProduceRequest, ProduceRequest__Output as _millrace_v1_ProduceRequest__Output } from './millrace/v1/ProduceRequest.ts';
import type { ProduceResponse as _millrace_v1_ProduceResponse, ProduceResponse__Output as _millrace_v1_ProduceResponse__Output } from './millrace/v1/ProduceResponse.ts';
import type { ProduceResult as _millrace_v1_ProduceResult, ProduceResult__Output as _millrace_v1_ProduceResult__Output } from './millrace/v1/ProduceResult.ts';
import type { ProduceStreamRequest as _millrace_v1_ProduceStreamRequest, ProduceStreamRequest__Output as _millrace_v1_ProduceStreamRequest__Output } from './millrace/v1/ProduceStreamRequest.ts';
import type { ProduceStreamResponse as _millrace_v1_ProduceStreamResponse, ProduceStreamResponse__Output as _millrace_v1_ProduceStreamResponse__Output } from './millrace/v1/ProduceStreamResponse.ts';
import type { ProduceStreamResult as _millrace_v1_ProduceStreamResult, ProduceStreamResult__Output as _millrace_v1_ProduceStreamResult__Output } from './millrace/v1/ProduceStreamResult.ts';
import type { ProducerClient as _millrace_v1_ProducerClient, ProducerDefinition as _millrace_v1_ProducerDefinition } from './millrace/v1/Producer.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      Acks: EnumTypeDefinition
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      InitProducerRequest: MessageTypeDefinition<_millrace_v1_InitProducerRequest, _millrace_v1_InitProducerRequest__Output>
      InitProducerResponse: MessageTypeDefinition<_millrace_v1_InitProducerResponse, _millrace_v1_InitProducerResponse__Output>
      Outcome: EnumTypeDefinition
      ProduceEntry: MessageTypeDefinition<_millrace_v1_ProduceEntry, _millrace_v1_ProduceEntry__Output>
      ProduceRequest: MessageTypeDefinition<_millrace_v1_ProduceRequest, _millrace_v1_ProduceRequest__Output>
      ProduceResponse: MessageTypeDefinition<_millrace_v1_ProduceResponse, _millrace_v1_ProduceResponse__Output>
      ProduceResult: MessageTypeDefinition<_millrace_v1_ProduceResult, _millrace_v1_ProduceResult__Output>
      ProduceStreamRequest: MessageTypeDefinition<_millrace_v1_ProduceStreamRequest, _millrace_v1_ProduceStreamRequest__Output>
      ProduceStreamResponse: MessageTypeDefinition<_millrace_v1_ProduceStreamResponse, _millrace_v1_ProduceStreamResponse__Output>
      ProduceStreamResult: MessageTypeDefinition<_millrace_v1_ProduceStreamResult, _millrace_v1_ProduceStreamResult__Output>
      /**
       * Appends records to topics.
       */
      Producer: SubtypeConstructor<typeof grpc.Client, _millrace_v1_ProducerClient> & { service: _millrace_v1_ProducerDefinition }
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
    }
  }
}

