// Original file: millrace/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AlterTopicRequest as _millrace_v1_AlterTopicRequest, AlterTopicRequest__Output as _millrace_v1_AlterTopicRequest__Output } from '../../millrace/v1/AlterTopicRequest.ts';
import type { AlterTopicResponse as _millrace_v1_AlterTopicResponse, AlterTopicResponse__Output as _millrace_v1_AlterTopicResponse__Output } from '../../millrace/v1/AlterTopicResponse.ts';
import type { CreateTopicRequest as _millrace_v1_CreateTopicRequest, CreateTopicRequest__Output as _millrace_v1_CreateTopicRequest__Output } from '../../millrace/v1/CreateTopicRequest.ts';
import type { CreateTopicResponse as _millrace_v1_CreateTopicResponse, CreateTopicResponse__Output as _millrace_v1_CreateTopicResponse__Output } from '../../millrace/v1/CreateTopicResponse.ts';
import type { DeleteTopicRequest as _millrace_v1_DeleteTopicRequest, DeleteTopicRequest__Output as _millrace_v1_DeleteTopicRequest__Output } from '../../millrace/v1/DeleteTopicRequest.ts';
import type { DeleteTopicResponse as _millrace_v1_DeleteTopicResponse, DeleteTopicResponse__Output as _millrace_v1_DeleteTopicResponse__Output } from '../../millrace/v1/DeleteTopicResponse.ts';
import type { DescribeBrokersRequest as _millrace_v1_DescribeBrokersRequest, DescribeBrokersRequest__Output as _millrace_v1_DescribeBrokersRequest__Output } from '../../millrace/v1/DescribeBrokersRequest.ts';
import type { DescribeBrokersResponse as _millrace_v1_DescribeBrokersResponse, DescribeBrokersResponse__Output as _millrace_v1_DescribeBrokersResponse__Output } from '../../millrace/v1/DescribeBrokersResponse.ts';
import type { DescribeTopicRequest as _millrace_v1_DescribeTopicRequest, DescribeTopicRequest__Output as _millrace_v1_DescribeTopicRequest__Output } from '../../millrace/v1/DescribeTopicRequest.ts';
import type { DescribeTopicResponse as _millrace_v1_DescribeTopicResponse, DescribeTopicResponse__Output as _millrace_v1_DescribeTopicResponse__Output } from '../../millrace/v1/DescribeTopicResponse.ts';
import type { ListTopicsRequest as _millrace_v1_ListTopicsRequest, ListTopicsRequest__Output as _millrace_v1_ListTopicsRequest__Output } from '../../millrace/v1/ListTopicsRequest.ts';
import type { ListTopicsResponse as _millrace_v1_ListTopicsResponse, ListTopicsResponse__Output as _millrace_v1_ListTopicsResponse__Output } from '../../millrace/v1/ListTopicsResponse.ts';

/**
 * Creates, changes and describes topics.
 */
export interface AdminClient extends grpc.Client {
  AlterTopic(argument: _millrace_v1_AlterTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  AlterTopic(argument: _millrace_v1_AlterTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  AlterTopic(argument: _millrace_v1_AlterTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  AlterTopic(argument: _millrace_v1_AlterTopicRequest, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  alterTopic(argument: _millrace_v1_AlterTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  alterTopic(argument: _millrace_v1_AlterTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  alterTopic(argument: _millrace_v1_AlterTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  alterTopic(argument: _millrace_v1_AlterTopicRequest, callback: grpc.requestCallback<_millrace_v1_AlterTopicResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Creating a topic that exists with the same shape succeeds and says so.
   */
  CreateTopic(argument: _millrace_v1_CreateTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  CreateTopic(argument: _millrace_v1_CreateTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  CreateTopic(argument: _millrace_v1_CreateTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  CreateTopic(argument: _millrace_v1_CreateTopicRequest, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Creating a topic that exists with the same shape succeeds and says so.
   */
  createTopic(argument: _millrace_v1_CreateTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  createTopic(argument: _millrace_v1_CreateTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  createTopic(argument: _millrace_v1_CreateTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  createTopic(argument: _millrace_v1_CreateTopicRequest, callback: grpc.requestCallback<_millrace_v1_CreateTopicResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteTopic(argument: _millrace_v1_DeleteTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  DeleteTopic(argument: _millrace_v1_DeleteTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  DeleteTopic(argument: _millrace_v1_DeleteTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  DeleteTopic(argument: _millrace_v1_DeleteTopicRequest, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  deleteTopic(argument: _millrace_v1_DeleteTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  deleteTopic(argument: _millrace_v1_DeleteTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  deleteTopic(argument: _millrace_v1_DeleteTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  deleteTopic(argument: _millrace_v1_DeleteTopicRequest, callback: grpc.requestCallback<_millrace_v1_DeleteTopicResponse__Output>): grpc.ClientUnaryCall;
  
  DescribeBrokers(argument: _millrace_v1_DescribeBrokersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  DescribeBrokers(argument: _millrace_v1_DescribeBrokersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  DescribeBrokers(argument: _millrace_v1_DescribeBrokersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  DescribeBrokers(argument: _millrace_v1_DescribeBrokersRequest, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  describeBrokers(argument: _millrace_v1_DescribeBrokersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  describeBrokers(argument: _millrace_v1_DescribeBrokersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  describeBrokers(argument: _millrace_v1_DescribeBrokersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  describeBrokers(argument: _millrace_v1_DescribeBrokersRequest, callback: grpc.requestCallback<_millrace_v1_DescribeBrokersResponse__Output>): grpc.ClientUnaryCall;
  
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  
  ListTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Creates, changes and describes topics.
 */
export interface AdminHandlers extends grpc.UntypedServiceImplementation {
  AlterTopic: grpc.handleUnaryCall<_millrace_v1_AlterTopicRequest__Output, _millrace_v1_AlterTopicResponse>;
  
  /**
   * Creating a topic that exists with the same shape succeeds and says so.
   */
  CreateTopic: grpc.handleUnaryCall<_millrace_v1_CreateTopicRequest__Output, _millrace_v1_CreateTopicResponse>;
  
  DeleteTopic: grpc.handleUnaryCall<_millrace_v1_DeleteTopicRequest__Output, _millrace_v1_DeleteTopicResponse>;
  
  DescribeBrokers: grpc.handleUnaryCall<_millrace_v1_DescribeBrokersRequest__Output, _millrace_v1_DescribeBrokersResponse>;
  
  DescribeTopic: grpc.handleUnaryCall<_millrace_v1_DescribeTopicRequest__Output, _millrace_v1_DescribeTopicResponse>;
  
  ListTopics: grpc.handleUnaryCall<_millrace_v1_ListTopicsRequest__Output, _millrace_v1_ListTopicsResponse>;
  
}

export interface AdminDefinition extends grpc.ServiceDefinition {
  AlterTopic: MethodDefinition<_millrace_v1_AlterTopicRequest, _millrace_v1_AlterTopicResponse, _millrace_v1_AlterTopicRequest__Output, _millrace_v1_AlterTopicResponse__Output>
  CreateTopic: MethodDefinition<_millrace_v1_CreateTopicRequest, _millrace_v1_CreateTopicResponse, _millrace_v1_CreateTopicRequest__Output, _millrace_v1_CreateTopicResponse__Output>
  DeleteTopic: MethodDefinition<_millrace_v1_DeleteTopicRequest, _millrace_v1_DeleteTopicResponse, _millrace_v1_DeleteTopicRequest__Output, _millrace_v1_DeleteTopicResponse__Output>
  DescribeBrokers: MethodDefinition<_millrace_v1_DescribeBrokersRequest, _millrace_v1_DescribeBrokersResponse, _millrace_v1_DescribeBrokersRequest__Output, _millrace_v1_DescribeBrokersResponse__Output>
  DescribeTopic: MethodDefinition<_millrace_v1_DescribeTopicRequest, _millrace_v1_DescribeTopicResponse, _millrace_v1_DescribeTopicRequest__Output, _millrace_v1_DescribeTopicResponse__Output>
  ListTopics: MethodDefinition<_millrace_v1_ListTopicsRequest, _millrace_v1_ListTopicsResponse, _millrace_v1_ListTopicsRequest__Output, _millrace_v1_ListTopicsResponse__Output>
}
