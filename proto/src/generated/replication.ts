import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { FollowAck as _millrace_peer_v1_FollowAck, FollowAck__Output as _millrace_peer_v1_FollowAck__Output } from './millrace/peer/v1/FollowAck.ts';
import type { FollowAdd as _millrace_peer_v1_FollowAdd, FollowAdd__Output as _millrace_peer_v1_FollowAdd__Output } from './millrace/peer/v1/FollowAdd.ts';
import type { FollowData as _millrace_peer_v1_FollowData, FollowData__Output as _millrace_peer_v1_FollowData__Output } from './millrace/peer/v1/FollowData.ts';
import type { FollowHello as _millrace_peer_v1_FollowHello, FollowHello__Output as _millrace_peer_v1_FollowHello__Output } from './millrace/peer/v1/FollowHello.ts';
import type { FollowRequest as _millrace_peer_v1_FollowRequest, FollowRequest__Output as _millrace_peer_v1_FollowRequest__Output } from './millrace/peer/v1/FollowRequest.ts';
import type { FollowResponse as _millrace_peer_v1_FollowResponse, FollowResponse__Output as _millrace_peer_v1_FollowResponse__Output } from './millrace/peer/v1/FollowResponse.ts';
import type { FollowStatus as _millrace_peer_v1_FollowStatus, FollowStatus__Output as _millrace_peer_v1_FollowStatus__Output } from './millrace/peer/v1/FollowStatus.ts';
import type { ReplicationClient as _millrace_peer_v1_ReplicationClient, ReplicationDefinition as _millrace_peer_v1_ReplicationDefinition } from './millrace/peer/v1/Replication.ts';
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
        FollowAck: MessageTypeDefinition<_millrace_peer_v1_FollowAck, _millrace_peer_v1_FollowAck__Output>
        FollowAdd: MessageTypeDefinition<_millrace_peer_v1_FollowAdd, _millrace_peer_v1_FollowAdd__Output>
        FollowCode: EnumTypeDefinition
        FollowData: MessageTypeDefinition<_millrace_peer_v1_FollowData, _millrace_peer_v1_FollowData__Output>
        FollowHello: MessageTypeDefinition<_millrace_peer_v1_FollowHello, _millrace_peer_v1_FollowHello__Output>
        FollowLane: EnumTypeDefinition
        FollowRequest: MessageTypeDefinition<_millrace_peer_v1_FollowRequest, _millrace_peer_v1_FollowRequest__Output>
        FollowResponse: MessageTypeDefinition<_millrace_peer_v1_FollowResponse, _millrace_peer_v1_FollowResponse__Output>
        FollowStatus: MessageTypeDefinition<_millrace_peer_v1_FollowStatus, _millrace_peer_v1_FollowStatus__Output>
        /**
         * How a follower gets the records of its leaders. Served on the port `peer-data` only.
         */
        Replication: SubtypeConstructor<typeof grpc.Client, _millrace_peer_v1_ReplicationClient> & { service: _millrace_peer_v1_ReplicationDefinition }
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

