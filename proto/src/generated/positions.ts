import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { PartitionFailure as _millrace_peer_v1_PartitionFailure, PartitionFailure__Output as _millrace_peer_v1_PartitionFailure__Output } from './millrace/peer/v1/PartitionFailure.ts';
import type { PartitionPositionsRequest as _millrace_peer_v1_PartitionPositionsRequest, PartitionPositionsRequest__Output as _millrace_peer_v1_PartitionPositionsRequest__Output } from './millrace/peer/v1/PartitionPositionsRequest.ts';
import type { PartitionPositionsResponse as _millrace_peer_v1_PartitionPositionsResponse, PartitionPositionsResponse__Output as _millrace_peer_v1_PartitionPositionsResponse__Output } from './millrace/peer/v1/PartitionPositionsResponse.ts';
import type { PositionsClient as _millrace_peer_v1_PositionsClient, PositionsDefinition as _millrace_peer_v1_PositionsDefinition } from './millrace/peer/v1/Positions.ts';
import type { RecordQuery as _millrace_peer_v1_RecordQuery, RecordQuery__Output as _millrace_peer_v1_RecordQuery__Output } from './millrace/peer/v1/RecordQuery.ts';
import type { TopicPositions as _millrace_peer_v1_TopicPositions, TopicPositions__Output as _millrace_peer_v1_TopicPositions__Output } from './millrace/peer/v1/TopicPositions.ts';
import type { TopicPositionsQuery as _millrace_peer_v1_TopicPositionsQuery, TopicPositionsQuery__Output as _millrace_peer_v1_TopicPositionsQuery__Output } from './millrace/peer/v1/TopicPositionsQuery.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    peer: {
      v1: {
        PartitionFailure: MessageTypeDefinition<_millrace_peer_v1_PartitionFailure, _millrace_peer_v1_PartitionFailure__Output>
        PartitionPositionsRequest: MessageTypeDefinition<_millrace_peer_v1_PartitionPositionsRequest, _millrace_peer_v1_PartitionPositionsRequest__Output>
        PartitionPositionsResponse: MessageTypeDefinition<_millrace_peer_v1_PartitionPositionsResponse, _millrace_peer_v1_PartitionPositionsResponse__Output>
        /**
         * What coordinators of groups ask of the leaders of partitions; called through Controller.Forward.
         */
        Positions: SubtypeConstructor<typeof grpc.Client, _millrace_peer_v1_PositionsClient> & { service: _millrace_peer_v1_PositionsDefinition }
        RecordQuery: MessageTypeDefinition<_millrace_peer_v1_RecordQuery, _millrace_peer_v1_RecordQuery__Output>
        TopicPositions: MessageTypeDefinition<_millrace_peer_v1_TopicPositions, _millrace_peer_v1_TopicPositions__Output>
        TopicPositionsQuery: MessageTypeDefinition<_millrace_peer_v1_TopicPositionsQuery, _millrace_peer_v1_TopicPositionsQuery__Output>
      }
    }
    v1: {
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      Outcome: EnumTypeDefinition
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
    }
  }
}

