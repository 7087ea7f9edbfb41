// Original file: millrace/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AlterBrokerRequest as _millrace_v1_AlterBrokerRequest, AlterBrokerRequest__Output as _millrace_v1_AlterBrokerRequest__Output } from '../../millrace/v1/AlterBrokerRequest.ts';
import type { AlterBrokerResponse as _millrace_v1_AlterBrokerResponse, AlterBrokerResponse__Output as _millrace_v1_AlterBrokerResponse__Output } from '../../millrace/v1/AlterBrokerResponse.ts';
import type { AlterTopicRequest as _millrace_v1_AlterTopicRequest, AlterTopicRequest__Output as _millrace_v1_AlterTopicRequest__Output } from '../../millrace/v1/AlterTopicRequest.ts';
import type { AlterTopicResponse as _millrace_v1_AlterTopicResponse, AlterTopicResponse__Output as _millrace_v1_AlterTopicResponse__Output } from '../../millrace/v1/AlterTopicResponse.ts';
import type { CreateTopicRequest as _millrace_v1_CreateTopicRequest, CreateTopicRequest__Output as _millrace_v1_CreateTopicRequest__Output } from '../../millrace/v1/CreateTopicRequest.ts';
import type { CreateTopicResponse as _millrace_v1_CreateTopicResponse, CreateTopicResponse__Output as _millrace_v1_CreateTopicResponse__Output } from '../../millrace/v1/CreateTopicResponse.ts';
import type { DeclareGroupRequest as _millrace_v1_DeclareGroupRequest, DeclareGroupRequest__Output as _millrace_v1_DeclareGroupRequest__Output } from '../../millrace/v1/DeclareGroupRequest.ts';
import type { DeclareGroupResponse as _millrace_v1_DeclareGroupResponse, DeclareGroupResponse__Output as _millrace_v1_DeclareGroupResponse__Output } from '../../millrace/v1/DeclareGroupResponse.ts';
import type { DeleteGroupRequest as _millrace_v1_DeleteGroupRequest, DeleteGroupRequest__Output as _millrace_v1_DeleteGroupRequest__Output } from '../../millrace/v1/DeleteGroupRequest.ts';
import type { DeleteGroupResponse as _millrace_v1_DeleteGroupResponse, DeleteGroupResponse__Output as _millrace_v1_DeleteGroupResponse__Output } from '../../millrace/v1/DeleteGroupResponse.ts';
import type { DeleteRecordsRequest as _millrace_v1_DeleteRecordsRequest, DeleteRecordsRequest__Output as _millrace_v1_DeleteRecordsRequest__Output } from '../../millrace/v1/DeleteRecordsRequest.ts';
import type { DeleteRecordsResponse as _millrace_v1_DeleteRecordsResponse, DeleteRecordsResponse__Output as _millrace_v1_DeleteRecordsResponse__Output } from '../../millrace/v1/DeleteRecordsResponse.ts';
import type { DeleteTopicRequest as _millrace_v1_DeleteTopicRequest, DeleteTopicRequest__Output as _millrace_v1_DeleteTopicRequest__Output } from '../../millrace/v1/DeleteTopicRequest.ts';
import type { DeleteTopicResponse as _millrace_v1_DeleteTopicResponse, DeleteTopicResponse__Output as _millrace_v1_DeleteTopicResponse__Output } from '../../millrace/v1/DeleteTopicResponse.ts';
import type { DescribeBrokersRequest as _millrace_v1_DescribeBrokersRequest, DescribeBrokersRequest__Output as _millrace_v1_DescribeBrokersRequest__Output } from '../../millrace/v1/DescribeBrokersRequest.ts';
import type { DescribeBrokersResponse as _millrace_v1_DescribeBrokersResponse, DescribeBrokersResponse__Output as _millrace_v1_DescribeBrokersResponse__Output } from '../../millrace/v1/DescribeBrokersResponse.ts';
import type { DescribeCopiesRequest as _millrace_v1_DescribeCopiesRequest, DescribeCopiesRequest__Output as _millrace_v1_DescribeCopiesRequest__Output } from '../../millrace/v1/DescribeCopiesRequest.ts';
import type { DescribeCopiesResponse as _millrace_v1_DescribeCopiesResponse, DescribeCopiesResponse__Output as _millrace_v1_DescribeCopiesResponse__Output } from '../../millrace/v1/DescribeCopiesResponse.ts';
import type { DescribeGroupLagRequest as _millrace_v1_DescribeGroupLagRequest, DescribeGroupLagRequest__Output as _millrace_v1_DescribeGroupLagRequest__Output } from '../../millrace/v1/DescribeGroupLagRequest.ts';
import type { DescribeGroupLagResponse as _millrace_v1_DescribeGroupLagResponse, DescribeGroupLagResponse__Output as _millrace_v1_DescribeGroupLagResponse__Output } from '../../millrace/v1/DescribeGroupLagResponse.ts';
import type { DescribeGroupRequest as _millrace_v1_DescribeGroupRequest, DescribeGroupRequest__Output as _millrace_v1_DescribeGroupRequest__Output } from '../../millrace/v1/DescribeGroupRequest.ts';
import type { DescribeGroupResponse as _millrace_v1_DescribeGroupResponse, DescribeGroupResponse__Output as _millrace_v1_DescribeGroupResponse__Output } from '../../millrace/v1/DescribeGroupResponse.ts';
import type { DescribeTopicRequest as _millrace_v1_DescribeTopicRequest, DescribeTopicRequest__Output as _millrace_v1_DescribeTopicRequest__Output } from '../../millrace/v1/DescribeTopicRequest.ts';
import type { DescribeTopicResponse as _millrace_v1_DescribeTopicResponse, DescribeTopicResponse__Output as _millrace_v1_DescribeTopicResponse__Output } from '../../millrace/v1/DescribeTopicResponse.ts';
import type { ListGroupsRequest as _millrace_v1_ListGroupsRequest, ListGroupsRequest__Output as _millrace_v1_ListGroupsRequest__Output } from '../../millrace/v1/ListGroupsRequest.ts';
import type { ListGroupsResponse as _millrace_v1_ListGroupsResponse, ListGroupsResponse__Output as _millrace_v1_ListGroupsResponse__Output } from '../../millrace/v1/ListGroupsResponse.ts';
import type { ListReassignmentsRequest as _millrace_v1_ListReassignmentsRequest, ListReassignmentsRequest__Output as _millrace_v1_ListReassignmentsRequest__Output } from '../../millrace/v1/ListReassignmentsRequest.ts';
import type { ListReassignmentsResponse as _millrace_v1_ListReassignmentsResponse, ListReassignmentsResponse__Output as _millrace_v1_ListReassignmentsResponse__Output } from '../../millrace/v1/ListReassignmentsResponse.ts';
import type { ListTopicsRequest as _millrace_v1_ListTopicsRequest, ListTopicsRequest__Output as _millrace_v1_ListTopicsRequest__Output } from '../../millrace/v1/ListTopicsRequest.ts';
import type { ListTopicsResponse as _millrace_v1_ListTopicsResponse, ListTopicsResponse__Output as _millrace_v1_ListTopicsResponse__Output } from '../../millrace/v1/ListTopicsResponse.ts';
import type { MoveLeaderRequest as _millrace_v1_MoveLeaderRequest, MoveLeaderRequest__Output as _millrace_v1_MoveLeaderRequest__Output } from '../../millrace/v1/MoveLeaderRequest.ts';
import type { MoveLeaderResponse as _millrace_v1_MoveLeaderResponse, MoveLeaderResponse__Output as _millrace_v1_MoveLeaderResponse__Output } from '../../millrace/v1/MoveLeaderResponse.ts';
import type { ReassignRequest as _millrace_v1_ReassignRequest, ReassignRequest__Output as _millrace_v1_ReassignRequest__Output } from '../../millrace/v1/ReassignRequest.ts';
import type { ReassignResponse as _millrace_v1_ReassignResponse, ReassignResponse__Output as _millrace_v1_ReassignResponse__Output } from '../../millrace/v1/ReassignResponse.ts';
import type { ResetOffsetsRequest as _millrace_v1_ResetOffsetsRequest, ResetOffsetsRequest__Output as _millrace_v1_ResetOffsetsRequest__Output } from '../../millrace/v1/ResetOffsetsRequest.ts';
import type { ResetOffsetsResponse as _millrace_v1_ResetOffsetsResponse, ResetOffsetsResponse__Output as _millrace_v1_ResetOffsetsResponse__Output } from '../../millrace/v1/ResetOffsetsResponse.ts';
import type { UncleanElectRequest as _millrace_v1_UncleanElectRequest, UncleanElectRequest__Output as _millrace_v1_UncleanElectRequest__Output } from '../../millrace/v1/UncleanElectRequest.ts';
import type { UncleanElectResponse as _millrace_v1_UncleanElectResponse, UncleanElectResponse__Output as _millrace_v1_UncleanElectResponse__Output } from '../../millrace/v1/UncleanElectResponse.ts';

/**
 * Creates, changes and describes topics; moves their partitions.
 */
export interface AdminClient extends grpc.Client {
  AlterBroker(argument: _millrace_v1_AlterBrokerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  AlterBroker(argument: _millrace_v1_AlterBrokerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  AlterBroker(argument: _millrace_v1_AlterBrokerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  AlterBroker(argument: _millrace_v1_AlterBrokerRequest, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  alterBroker(argument: _millrace_v1_AlterBrokerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  alterBroker(argument: _millrace_v1_AlterBrokerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  alterBroker(argument: _millrace_v1_AlterBrokerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  alterBroker(argument: _millrace_v1_AlterBrokerRequest, callback: grpc.requestCallback<_millrace_v1_AlterBrokerResponse__Output>): grpc.ClientUnaryCall;
  
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
  
  /**
   * What a group is to be, whatever its members ask for.
   */
  DeclareGroup(argument: _millrace_v1_DeclareGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  DeclareGroup(argument: _millrace_v1_DeclareGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  DeclareGroup(argument: _millrace_v1_DeclareGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  DeclareGroup(argument: _millrace_v1_DeclareGroupRequest, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  /**
   * What a group is to be, whatever its members ask for.
   */
  declareGroup(argument: _millrace_v1_DeclareGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  declareGroup(argument: _millrace_v1_DeclareGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  declareGroup(argument: _millrace_v1_DeclareGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  declareGroup(argument: _millrace_v1_DeclareGroupRequest, callback: grpc.requestCallback<_millrace_v1_DeclareGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * With its offsets. A group with members is refused.
   */
  DeleteGroup(argument: _millrace_v1_DeleteGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  DeleteGroup(argument: _millrace_v1_DeleteGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  DeleteGroup(argument: _millrace_v1_DeleteGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  DeleteGroup(argument: _millrace_v1_DeleteGroupRequest, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  /**
   * With its offsets. A group with members is refused.
   */
  deleteGroup(argument: _millrace_v1_DeleteGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  deleteGroup(argument: _millrace_v1_DeleteGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  deleteGroup(argument: _millrace_v1_DeleteGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  deleteGroup(argument: _millrace_v1_DeleteGroupRequest, callback: grpc.requestCallback<_millrace_v1_DeleteGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * A partition begins at an offset now: what lies before is gone. It answers once the leader's disk says so, and
   * followers hear of it at once; a leader that fails before they have may bring it back: ask again.
   */
  DeleteRecords(argument: _millrace_v1_DeleteRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  DeleteRecords(argument: _millrace_v1_DeleteRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  DeleteRecords(argument: _millrace_v1_DeleteRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  DeleteRecords(argument: _millrace_v1_DeleteRecordsRequest, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * A partition begins at an offset now: what lies before is gone. It answers once the leader's disk says so, and
   * followers hear of it at once; a leader that fails before they have may bring it back: ask again.
   */
  deleteRecords(argument: _millrace_v1_DeleteRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  deleteRecords(argument: _millrace_v1_DeleteRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  deleteRecords(argument: _millrace_v1_DeleteRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  deleteRecords(argument: _millrace_v1_DeleteRecordsRequest, callback: grpc.requestCallback<_millrace_v1_DeleteRecordsResponse__Output>): grpc.ClientUnaryCall;
  
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
  
  /**
   * What the answering broker itself holds of partitions.
   */
  DescribeCopies(argument: _millrace_v1_DescribeCopiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  DescribeCopies(argument: _millrace_v1_DescribeCopiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  DescribeCopies(argument: _millrace_v1_DescribeCopiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  DescribeCopies(argument: _millrace_v1_DescribeCopiesRequest, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * What the answering broker itself holds of partitions.
   */
  describeCopies(argument: _millrace_v1_DescribeCopiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  describeCopies(argument: _millrace_v1_DescribeCopiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  describeCopies(argument: _millrace_v1_DescribeCopiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  describeCopies(argument: _millrace_v1_DescribeCopiesRequest, callback: grpc.requestCallback<_millrace_v1_DescribeCopiesResponse__Output>): grpc.ClientUnaryCall;
  
  DescribeGroup(argument: _millrace_v1_DescribeGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroup(argument: _millrace_v1_DescribeGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroup(argument: _millrace_v1_DescribeGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroup(argument: _millrace_v1_DescribeGroupRequest, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  describeGroup(argument: _millrace_v1_DescribeGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  describeGroup(argument: _millrace_v1_DescribeGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  describeGroup(argument: _millrace_v1_DescribeGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  describeGroup(argument: _millrace_v1_DescribeGroupRequest, callback: grpc.requestCallback<_millrace_v1_DescribeGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * How far groups are behind, in records and in time, and whether they get on; measured no longer ago than a second.
   */
  DescribeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  DescribeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  /**
   * How far groups are behind, in records and in time, and whether they get on; measured no longer ago than a second.
   */
  describeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  describeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  describeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  describeGroupLag(argument: _millrace_v1_DescribeGroupLagRequest, callback: grpc.requestCallback<_millrace_v1_DescribeGroupLagResponse__Output>): grpc.ClientUnaryCall;
  
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  DescribeTopic(argument: _millrace_v1_DescribeTopicRequest, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  describeTopic(argument: _millrace_v1_DescribeTopicRequest, callback: grpc.requestCallback<_millrace_v1_DescribeTopicResponse__Output>): grpc.ClientUnaryCall;
  
  ListGroups(argument: _millrace_v1_ListGroupsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  ListGroups(argument: _millrace_v1_ListGroupsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  ListGroups(argument: _millrace_v1_ListGroupsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  ListGroups(argument: _millrace_v1_ListGroupsRequest, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  listGroups(argument: _millrace_v1_ListGroupsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  listGroups(argument: _millrace_v1_ListGroupsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  listGroups(argument: _millrace_v1_ListGroupsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  listGroups(argument: _millrace_v1_ListGroupsRequest, callback: grpc.requestCallback<_millrace_v1_ListGroupsResponse__Output>): grpc.ClientUnaryCall;
  
  ListReassignments(argument: _millrace_v1_ListReassignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListReassignments(argument: _millrace_v1_ListReassignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListReassignments(argument: _millrace_v1_ListReassignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListReassignments(argument: _millrace_v1_ListReassignmentsRequest, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  listReassignments(argument: _millrace_v1_ListReassignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  listReassignments(argument: _millrace_v1_ListReassignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  listReassignments(argument: _millrace_v1_ListReassignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  listReassignments(argument: _millrace_v1_ListReassignmentsRequest, callback: grpc.requestCallback<_millrace_v1_ListReassignmentsResponse__Output>): grpc.ClientUnaryCall;
  
  ListTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  ListTopics(argument: _millrace_v1_ListTopicsRequest, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  listTopics(argument: _millrace_v1_ListTopicsRequest, callback: grpc.requestCallback<_millrace_v1_ListTopicsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * To a replica in sync.
   */
  MoveLeader(argument: _millrace_v1_MoveLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _millrace_v1_MoveLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _millrace_v1_MoveLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  MoveLeader(argument: _millrace_v1_MoveLeaderRequest, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  /**
   * To a replica in sync.
   */
  moveLeader(argument: _millrace_v1_MoveLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _millrace_v1_MoveLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _millrace_v1_MoveLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  moveLeader(argument: _millrace_v1_MoveLeaderRequest, callback: grpc.requestCallback<_millrace_v1_MoveLeaderResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Answers once the wish is recorded; the copying follows. All of it or, where one change is refused, nothing.
   */
  Reassign(argument: _millrace_v1_ReassignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  Reassign(argument: _millrace_v1_ReassignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  Reassign(argument: _millrace_v1_ReassignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  Reassign(argument: _millrace_v1_ReassignRequest, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answers once the wish is recorded; the copying follows. All of it or, where one change is refused, nothing.
   */
  reassign(argument: _millrace_v1_ReassignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  reassign(argument: _millrace_v1_ReassignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  reassign(argument: _millrace_v1_ReassignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  reassign(argument: _millrace_v1_ReassignRequest, callback: grpc.requestCallback<_millrace_v1_ReassignResponse__Output>): grpc.ClientUnaryCall;
  
  ResetOffsets(argument: _millrace_v1_ResetOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ResetOffsets(argument: _millrace_v1_ResetOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ResetOffsets(argument: _millrace_v1_ResetOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  ResetOffsets(argument: _millrace_v1_ResetOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  resetOffsets(argument: _millrace_v1_ResetOffsetsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  resetOffsets(argument: _millrace_v1_ResetOffsetsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  resetOffsets(argument: _millrace_v1_ResetOffsetsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  resetOffsets(argument: _millrace_v1_ResetOffsetsRequest, callback: grpc.requestCallback<_millrace_v1_ResetOffsetsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lets a copy lead that may lack acknowledged records: they are lost. For programs on the broker's own machine alone.
   */
  UncleanElect(argument: _millrace_v1_UncleanElectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  UncleanElect(argument: _millrace_v1_UncleanElectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  UncleanElect(argument: _millrace_v1_UncleanElectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  UncleanElect(argument: _millrace_v1_UncleanElectRequest, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lets a copy lead that may lack acknowledged records: they are lost. For programs on the broker's own machine alone.
   */
  uncleanElect(argument: _millrace_v1_UncleanElectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  uncleanElect(argument: _millrace_v1_UncleanElectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  uncleanElect(argument: _millrace_v1_UncleanElectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  uncleanElect(argument: _millrace_v1_UncleanElectRequest, callback: grpc.requestCallback<_millrace_v1_UncleanElectResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Creates, changes and describes topics; moves their partitions.
 */
export interface AdminHandlers extends grpc.UntypedServiceImplementation {
  AlterBroker: grpc.handleUnaryCall<_millrace_v1_AlterBrokerRequest__Output, _millrace_v1_AlterBrokerResponse>;
  
  AlterTopic: grpc.handleUnaryCall<_millrace_v1_AlterTopicRequest__Output, _millrace_v1_AlterTopicResponse>;
  
  /**
   * Creating a topic that exists with the same shape succeeds and says so.
   */
  CreateTopic: grpc.handleUnaryCall<_millrace_v1_CreateTopicRequest__Output, _millrace_v1_CreateTopicResponse>;
  
  /**
   * What a group is to be, whatever its members ask for.
   */
  DeclareGroup: grpc.handleUnaryCall<_millrace_v1_DeclareGroupRequest__Output, _millrace_v1_DeclareGroupResponse>;
  
  /**
   * With its offsets. A group with members is refused.
   */
  DeleteGroup: grpc.handleUnaryCall<_millrace_v1_DeleteGroupRequest__Output, _millrace_v1_DeleteGroupResponse>;
  
  /**
   * A partition begins at an offset now: what lies before is gone. It answers once the leader's disk says so, and
   * followers hear of it at once; a leader that fails before they have may bring it back: ask again.
   */
  DeleteRecords: grpc.handleUnaryCall<_millrace_v1_DeleteRecordsRequest__Output, _millrace_v1_DeleteRecordsResponse>;
  
  DeleteTopic: grpc.handleUnaryCall<_millrace_v1_DeleteTopicRequest__Output, _millrace_v1_DeleteTopicResponse>;
  
  DescribeBrokers: grpc.handleUnaryCall<_millrace_v1_DescribeBrokersRequest__Output, _millrace_v1_DescribeBrokersResponse>;
  
  /**
   * What the answering broker itself holds of partitions.
   */
  DescribeCopies: grpc.handleUnaryCall<_millrace_v1_DescribeCopiesRequest__Output, _millrace_v1_DescribeCopiesResponse>;
  
  DescribeGroup: grpc.handleUnaryCall<_millrace_v1_DescribeGroupRequest__Output, _millrace_v1_DescribeGroupResponse>;
  
  /**
   * How far groups are behind, in records and in time, and whether they get on; measured no longer ago than a second.
   */
  DescribeGroupLag: grpc.handleUnaryCall<_millrace_v1_DescribeGroupLagRequest__Output, _millrace_v1_DescribeGroupLagResponse>;
  
  DescribeTopic: grpc.handleUnaryCall<_millrace_v1_DescribeTopicRequest__Output, _millrace_v1_DescribeTopicResponse>;
  
  ListGroups: grpc.handleUnaryCall<_millrace_v1_ListGroupsRequest__Output, _millrace_v1_ListGroupsResponse>;
  
  ListReassignments: grpc.handleUnaryCall<_millrace_v1_ListReassignmentsRequest__Output, _millrace_v1_ListReassignmentsResponse>;
  
  ListTopics: grpc.handleUnaryCall<_millrace_v1_ListTopicsRequest__Output, _millrace_v1_ListTopicsResponse>;
  
  /**
   * To a replica in sync.
   */
  MoveLeader: grpc.handleUnaryCall<_millrace_v1_MoveLeaderRequest__Output, _millrace_v1_MoveLeaderResponse>;
  
  /**
   * Answers once the wish is recorded; the copying follows. All of it or, where one change is refused, nothing.
   */
  Reassign: grpc.handleUnaryCall<_millrace_v1_ReassignRequest__Output, _millrace_v1_ReassignResponse>;
  
  ResetOffsets: grpc.handleUnaryCall<_millrace_v1_ResetOffsetsRequest__Output, _millrace_v1_ResetOffsetsResponse>;
  
  /**
   * Lets a copy lead that may lack acknowledged records: they are lost. For programs on the broker's own machine alone.
   */
  UncleanElect: grpc.handleUnaryCall<_millrace_v1_UncleanElectRequest__Output, _millrace_v1_UncleanElectResponse>;
  
}

export interface AdminDefinition extends grpc.ServiceDefinition {
  AlterBroker: MethodDefinition<_millrace_v1_AlterBrokerRequest, _millrace_v1_AlterBrokerResponse, _millrace_v1_AlterBrokerRequest__Output, _millrace_v1_AlterBrokerResponse__Output>
  AlterTopic: MethodDefinition<_millrace_v1_AlterTopicRequest, _millrace_v1_AlterTopicResponse, _millrace_v1_AlterTopicRequest__Output, _millrace_v1_AlterTopicResponse__Output>
  CreateTopic: MethodDefinition<_millrace_v1_CreateTopicRequest, _millrace_v1_CreateTopicResponse, _millrace_v1_CreateTopicRequest__Output, _millrace_v1_CreateTopicResponse__Output>
  DeclareGroup: MethodDefinition<_millrace_v1_DeclareGroupRequest, _millrace_v1_DeclareGroupResponse, _millrace_v1_DeclareGroupRequest__Output, _millrace_v1_DeclareGroupResponse__Output>
  DeleteGroup: MethodDefinition<_millrace_v1_DeleteGroupRequest, _millrace_v1_DeleteGroupResponse, _millrace_v1_DeleteGroupRequest__Output, _millrace_v1_DeleteGroupResponse__Output>
  DeleteRecords: MethodDefinition<_millrace_v1_DeleteRecordsRequest, _millrace_v1_DeleteRecordsResponse, _millrace_v1_DeleteRecordsRequest__Output, _millrace_v1_DeleteRecordsResponse__Output>
  DeleteTopic: MethodDefinition<_millrace_v1_DeleteTopicRequest, _millrace_v1_DeleteTopicResponse, _millrace_v1_DeleteTopicRequest__Output, _millrace_v1_DeleteTopicResponse__Output>
  DescribeBrokers: MethodDefinition<_millrace_v1_DescribeBrokersRequest, _millrace_v1_DescribeBrokersResponse, _millrace_v1_DescribeBrokersRequest__Output, _millrace_v1_DescribeBrokersResponse__Output>
  DescribeCopies: MethodDefinition<_millrace_v1_DescribeCopiesRequest, _millrace_v1_DescribeCopiesResponse, _millrace_v1_DescribeCopiesRequest__Output, _millrace_v1_DescribeCopiesResponse__Output>
  DescribeGroup: MethodDefinition<_millrace_v1_DescribeGroupRequest, _millrace_v1_DescribeGroupResponse, _millrace_v1_DescribeGroupRequest__Output, _millrace_v1_DescribeGroupResponse__Output>
  DescribeGroupLag: MethodDefinition<_millrace_v1_DescribeGroupLagRequest, _millrace_v1_DescribeGroupLagResponse, _millrace_v1_DescribeGroupLagRequest__Output, _millrace_v1_DescribeGroupLagResponse__Output>
  DescribeTopic: MethodDefinition<_millrace_v1_DescribeTopicRequest, _millrace_v1_DescribeTopicResponse, _millrace_v1_DescribeTopicRequest__Output, _millrace_v1_DescribeTopicResponse__Output>
  ListGroups: MethodDefinition<_millrace_v1_ListGroupsRequest, _millrace_v1_ListGroupsResponse, _millrace_v1_ListGroupsRequest__Output, _millrace_v1_ListGroupsResponse__Output>
  ListReassignments: MethodDefinition<_millrace_v1_ListReassignmentsRequest, _millrace_v1_ListReassignmentsResponse, _millrace_v1_ListReassignmentsRequest__Output, _millrace_v1_ListReassignmentsResponse__Output>
  ListTopics: MethodDefinition<_millrace_v1_ListTopicsRequest, _millrace_v1_ListTopicsResponse, _millrace_v1_ListTopicsRequest__Output, _millrace_v1_ListTopicsResponse__Output>
  MoveLeader: MethodDefinition<_millrace_v1_MoveLeaderRequest, _millrace_v1_MoveLeaderResponse, _millrace_v1_MoveLeaderRequest__Output, _millrace_v1_MoveLeaderResponse__Output>
  Reassign: MethodDefinition<_millrace_v1_ReassignRequest, _millrace_v1_ReassignResponse, _millrace_v1_ReassignRequest__Output, _millrace_v1_ReassignResponse__Output>
  ResetOffsets: MethodDefinition<_millrace_v1_ResetOffsetsRequest, _millrace_v1_ResetOffsetsResponse, _millrace_v1_ResetOffsetsRequest__Output, _millrace_v1_ResetOffsetsResponse__Output>
  UncleanElect: MethodDefinition<_millrace_v1_UncleanElectRequest, _millrace_v1_UncleanElectResponse, _millrace_v1_UncleanElectRequest__Output, _millrace_v1_UncleanElectResponse__Output>
}
