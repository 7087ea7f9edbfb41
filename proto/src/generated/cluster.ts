import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ClusterClient as _millrace_v1_ClusterClient, ClusterDefinition as _millrace_v1_ClusterDefinition } from './millrace/v1/Cluster.ts';
import type { ClusterBroker as _millrace_v1_ClusterBroker, ClusterBroker__Output as _millrace_v1_ClusterBroker__Output } from './millrace/v1/ClusterBroker.ts';
import type { DescribeRequest as _millrace_v1_DescribeRequest, DescribeRequest__Output as _millrace_v1_DescribeRequest__Output } from './millrace/v1/DescribeRequest.ts';
import type { DescribeResponse as _millrace_v1_DescribeResponse, DescribeResponse__Output as _millrace_v1_DescribeResponse__Output } from './millrace/v1/DescribeResponse.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { PartitionMetadata as _millrace_v1_PartitionMetadata, PartitionMetadata__Output as _millrace_v1_PartitionMetadata__Output } from './millrace/v1/PartitionMetadata.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';
import type { TopicMetadata as _millrace_v1_TopicMetadata, TopicMetadata__Output as _millrace_v1_TopicMetadata__Output } from './millrace/v1/TopicMetadata.ts';
import type { WatchMetadataRequest as _millrace_v1_WatchMetadataRequest, WatchMetadataRequest__Output as _millrace_v1_WatchMetadataRequest__Output } from './millrace/v1/WatchMetadataRequest.ts';
import type { WatchMetadataResponse as _millrace_v1_WatchMetadataResponse, WatchMetadataResponse__Output as _millrace_v1_WatchMetadataResponse__Output } from './millrace/v1/WatchMetadataResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      /**
       * What a client needs to find its way.
       */
      Cluster: SubtypeConstructor<typeof grpc.Client, _millrace_v1_ClusterClient> & { service: _millrace_v1_ClusterDefinition }
      ClusterBroker: MessageTypeDefinition<_millrace_v1_ClusterBroker, _millrace_v1_ClusterBroker__Output>
      DescribeRequest: MessageTypeDefinition<_millrace_v1_DescribeRequest, _millrace_v1_DescribeRequest__Output>
      DescribeResponse: MessageTypeDefinition<_millrace_v1_DescribeResponse, _millrace_v1_DescribeResponse__Output>
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      Outcome: EnumTypeDefinition
      PartitionMetadata: MessageTypeDefinition<_millrace_v1_PartitionMetadata, _millrace_v1_PartitionMetadata__Output>
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      TopicMetadata: MessageTypeDefinition<_millrace_v1_TopicMetadata, _millrace_v1_TopicMetadata__Output>
      WatchMetadataRequest: MessageTypeDefinition<_millrace_v1_WatchMetadataRequest, _millrace_v1_WatchMetadataRequest__Output>
      WatchMetadataResponse: MessageTypeDefinition<_millrace_v1_WatchMetadataResponse, _millrace_v1_WatchMetadataResponse__Output>
    }
  }
}

