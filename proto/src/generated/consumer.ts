import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbortedTransaction as _millrace_v1_AbortedTransaction, AbortedTransaction__Output as _millrace_v1_AbortedTransaction__Output } from './millrace/v1/AbortedTransaction.ts';
import type { ConsumerClient as _millrace_v1_ConsumerClient, ConsumerDefinition as _millrace_v1_ConsumerDefinition } from './millrace/v1/Consumer.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { FetchEntry as _millrace_v1_FetchEntry, FetchEntry__Output as _millrace_v1_FetchEntry__Output } from './millrace/v1/FetchEntry.ts';
import type { FetchOnceRequest as _millrace_v1_FetchOnceRequest, FetchOnceRequest__Output as _millrace_v1_FetchOnceRequest__Output } from './millrace/v1/FetchOnceRequest.ts';
import type { FetchOnceResponse as _millrace_v1_FetchOnceResponse, FetchOnceResponse__Output as _millrace_v1_FetchOnceResponse__Output } from './millrace/v1/FetchOnceResponse.ts';
import type { FetchPartition as _millrace_v1_FetchPartition, FetchPartition__Output as _millrace_v1_FetchPartition__Output } from './millrace/v1/FetchPartition.ts';
import type { FetchRequest as _millrace_v1_FetchRequest, FetchRequest__Output as _millrace_v1_FetchRequest__Output } from './millrace/v1/FetchRequest.ts';
import type { FetchResponse as _millrace_v1_FetchResponse, FetchResponse__Output as _millrace_v1_FetchResponse__Output } from './millrace/v1/FetchResponse.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { ListOffsetsRequest as _millrace_v1_ListOffsetsRequest, ListOffsetsRequest__Output as _millrace_v1_ListOffsetsRequest__Output } from './millrace/v1/ListOffsetsRequest.ts';
import type { ListOffsetsResponse as _millrace_v1_ListOffsetsResponse, ListOffsetsResponse__Output as _millrace_v1_ListOffsetsResponse__Output } from './millrace/v1/ListOffsetsResponse.ts';
import type { OffsetForLeaderEpochRequest as _millrace_v1_OffsetForLeaderEpochRequest, OffsetForLeaderEpochRequest__Output as _millrace_v1_OffsetForLeaderEpochRequest__Output } from './millrace/v1/OffsetForLeaderEpochRequest.ts';
import type { OffsetForLeaderEpochResponse as _millrace_v1_OffsetForLeaderEpochResponse, OffsetForLeaderEpochResponse__Output as _millrace_v1_OffsetForLeaderEpochResponse__Output } from './millrace/v1/OffsetForLeaderEpochResponse.ts';
import type { PartitionOffset as _millrace_v1_PartitionOffset, PartitionOffset__Output as _millrace_v1_PartitionOffset__Output } from './millrace/v1/PartitionOffset.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      AbortedTransaction: MessageTypeDefinition<_millrace_v1_AbortedTransaction, _millrace_v1_AbortedTransaction__Output>
      /**
       * Reads records by partition and offset.
       */
      Consumer: SubtypeConstructor<typeof grpc.Client, _millrace_v1_ConsumerClient> & { service: _millrace_v1_ConsumerDefinition }
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      FetchEntry: MessageTypeDefinition<_millrace_v1_FetchEntry, _millrace_v1_FetchEntry__Output>
      FetchOnceRequest: MessageTypeDefinition<_millrace_v1_FetchOnceRequest, _millrace_v1_FetchOnceRequest__Output>
      FetchOnceResponse: MessageTypeDefinition<_millrace_v1_FetchOnceResponse, _millrace_v1_FetchOnceResponse__Output>
      FetchPartition: MessageTypeDefinition<_millrace_v1_FetchPartition, _millrace_v1_FetchPartition__Output>
      FetchRequest: MessageTypeDefinition<_millrace_v1_FetchRequest, _millrace_v1_FetchRequest__Output>
      FetchResponse: MessageTypeDefinition<_millrace_v1_FetchResponse, _millrace_v1_FetchResponse__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      Isolation: EnumTypeDefinition
      ListOffsetsRequest: MessageTypeDefinition<_millrace_v1_ListOffsetsRequest, _millrace_v1_ListOffsetsRequest__Output>
      ListOffsetsResponse: MessageTypeDefinition<_millrace_v1_ListOffsetsResponse, _millrace_v1_ListOffsetsResponse__Output>
      OffsetForLeaderEpochRequest: MessageTypeDefinition<_millrace_v1_OffsetForLeaderEpochRequest, _millrace_v1_OffsetForLeaderEpochRequest__Output>
      OffsetForLeaderEpochResponse: MessageTypeDefinition<_millrace_v1_OffsetForLeaderEpochResponse, _millrace_v1_OffsetForLeaderEpochResponse__Output>
      Outcome: EnumTypeDefinition
      PartitionOffset: MessageTypeDefinition<_millrace_v1_PartitionOffset, _millrace_v1_PartitionOffset__Output>
      Position: EnumTypeDefinition
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      RecordFormat: EnumTypeDefinition
    }
  }
}

