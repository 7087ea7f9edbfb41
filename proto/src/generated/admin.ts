import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AdminClient as _millrace_v1_AdminClient, AdminDefinition as _millrace_v1_AdminDefinition } from './millrace/v1/Admin.ts';
import type { AlterTopicRequest as _millrace_v1_AlterTopicRequest, AlterTopicRequest__Output as _millrace_v1_AlterTopicRequest__Output } from './millrace/v1/AlterTopicRequest.ts';
import type { AlterTopicResponse as _millrace_v1_AlterTopicResponse, AlterTopicResponse__Output as _millrace_v1_AlterTopicResponse__Output } from './millrace/v1/AlterTopicResponse.ts';
import type { BrokerDescription as _millrace_v1_BrokerDescription, BrokerDescription__Output as _millrace_v1_BrokerDescription__Output } from './millrace/v1/BrokerDescription.ts';
import type { ConfigEntry as _millrace_v1_ConfigEntry, ConfigEntry__Output as _millrace_v1_ConfigEntry__Output } from './millrace/v1/ConfigEntry.ts';
import type { CreateTopicRequest as _millrace_v1_CreateTopicRequest, CreateTopicRequest__Output as _millrace_v1_CreateTopicRequest__Output } from './millrace/v1/CreateTopicRequest.ts';
import type { CreateTopicResponse as _millrace_v1_CreateTopicResponse, CreateTopicResponse__Output as _millrace_v1_CreateTopicResponse__Output } from './millrace/v1/CreateTopicResponse.ts';
import type { DeleteTopicRequest as _millrace_v1_DeleteTopicRequest, DeleteTopicRequest__Output as _millrace_v1_DeleteTopicRequest__Output } from './millrace/v1/DeleteTopicRequest.ts';
import type { DeleteTopicResponse as _millrace_v1_DeleteTopicResponse, DeleteTopicResponse__Output as _millrace_v1_DeleteTopicResponse__Output } from './millrace/v1/DeleteTopicResponse.ts';
import type { DescribeBrokersRequest as _millrace_v1_DescribeBrokersRequest, DescribeBrokersRequest__Output as _millrace_v1_DescribeBrokersRequest__Output } from './millrace/v1/DescribeBrokersRequest.ts';
import type { DescribeBrokersResponse as _millrace_v1_DescribeBrokersResponse, DescribeBrokersResponse__Output as _millrace_v1_DescribeBrokersResponse__Output } from './millrace/v1/DescribeBrokersResponse.ts';
import type { DescribeTopicRequest as _millrace_v1_DescribeTopicRequest, DescribeTopicRequest__Output as _millrace_v1_DescribeTopicRequest__Output } from './millrace/v1/DescribeTopicRequest.ts';
import type { DescribeTopicResponse as _millrace_v1_DescribeTopicResponse, DescribeTopicResponse__Output as _millrace_v1_DescribeTopicResponse__Output } from './millrace/v1/DescribeTopicResponse.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { ListTopicsRequest as _millrace_v1_ListTopicsRequest, ListTopicsRequest__Output as _millrace_v1_ListTopicsRequest__Output } from './millrace/v1/ListTopicsRequest.ts';
import type { ListTopicsResponse as _millrace_v1_ListTopicsResponse, ListTopicsResponse__Output as _millrace_v1_ListTopicsResponse__Output } from './millrace/v1/ListTopicsResponse.ts';
import type { PartitionDescription as _millrace_v1_PartitionDescription, PartitionDescription__Output as _millrace_v1_PartitionDescription__Output } from './millrace/v1/PartitionDescription.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';
import type { TopicDescription as _millrace_v1_TopicDescription, TopicDescription__Output as _millrace_v1_TopicDescription__Output } from './millrace/v1/TopicDescription.ts';
import type { TopicSummary as _millrace_v1_TopicSummary, TopicSummary__Output as _millrace_v1_TopicSummary__Output } from './millrace/v1/TopicSummary.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      /**
       * Creates, changes and describes topics.
       */
      Admin: SubtypeConstructor<typeof grpc.Client, _millrace_v1_AdminClient> & { service: _millrace_v1_AdminDefinition }
      AlterTopicRequest: MessageTypeDefinition<_millrace_v1_AlterTopicRequest, _millrace_v1_AlterTopicRequest__Output>
      AlterTopicResponse: MessageTypeDefinition<_millrace_v1_AlterTopicResponse, _millrace_v1_AlterTopicResponse__Output>
      BrokerDescription: MessageTypeDefinition<_millrace_v1_BrokerDescription, _millrace_v1_BrokerDescription__Output>
      ConfigEntry: MessageTypeDefinition<_millrace_v1_ConfigEntry, _millrace_v1_ConfigEntry__Output>
      ConfigSource: EnumTypeDefinition
      CreateTopicRequest: MessageTypeDefinition<_millrace_v1_CreateTopicRequest, _millrace_v1_CreateTopicRequest__Output>
      CreateTopicResponse: MessageTypeDefinition<_millrace_v1_CreateTopicResponse, _millrace_v1_CreateTopicResponse__Output>
      DeleteTopicRequest: MessageTypeDefinition<_millrace_v1_DeleteTopicRequest, _millrace_v1_DeleteTopicRequest__Output>
      DeleteTopicResponse: MessageTypeDefinition<_millrace_v1_DeleteTopicResponse, _millrace_v1_DeleteTopicResponse__Output>
      DescribeBrokersRequest: MessageTypeDefinition<_millrace_v1_DescribeBrokersRequest, _millrace_v1_DescribeBrokersRequest__Output>
      DescribeBrokersResponse: MessageTypeDefinition<_millrace_v1_DescribeBrokersResponse, _millrace_v1_DescribeBrokersResponse__Output>
      DescribeTopicRequest: MessageTypeDefinition<_millrace_v1_DescribeTopicRequest, _millrace_v1_DescribeTopicRequest__Output>
      DescribeTopicResponse: MessageTypeDefinition<_millrace_v1_DescribeTopicResponse, _millrace_v1_DescribeTopicResponse__Output>
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      ListTopicsRequest: MessageTypeDefinition<_millrace_v1_ListTopicsRequest, _millrace_v1_ListTopicsRequest__Output>
      ListTopicsResponse: MessageTypeDefinition<_millrace_v1_ListTopicsResponse, _millrace_v1_ListTopicsResponse__Output>
      Outcome: EnumTypeDefinition
      PartitionDescription: MessageTypeDefinition<_millrace_v1_PartitionDescription, _millrace_v1_PartitionDescription__Output>
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      TopicDescription: MessageTypeDefinition<_millrace_v1_TopicDescription, _millrace_v1_TopicDescription__Output>
      TopicSummary: MessageTypeDefinition<_millrace_v1_TopicSummary, _millrace_v1_TopicSummary__Output>
    }
  }
}

