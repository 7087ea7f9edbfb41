import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      Outcome: EnumTypeDefinition
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
    }
  }
}

