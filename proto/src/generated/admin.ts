import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AdminClient as _millrace_v1_AdminClient, AdminDefinition as _millrace_v1_AdminDefinition } from './millrace/v1/Admin.ts';
import type { AlterBrokerRequest as _millrace_v1_AlterBrokerRequest, AlterBrokerRequest__Output as _millrace_v1_AlterBrokerRequest__Output } from './millrace/v1/AlterBrokerRequest.ts';
import type { AlterBrokerResponse as _millrace_v1_AlterBrokerResponse, AlterBrokerResponse__Output as _millrace_v1_AlterBrokerResponse__Output } from './millrace/v1/AlterBrokerResponse.ts';
import type { AlterTopicRequest as _millrace_v1_AlterTopicRequest, AlterTopicRequest__Output as _millrace_v1_AlterTopicRequest__Output } from './millrace/v1/AlterTopicRequest.ts';
import type { AlterTopicResponse as _millrace_v1_AlterTopicResponse, AlterTopicResponse__Output as _millrace_v1_AlterTopicResponse__Output } from './millrace/v1/AlterTopicResponse.ts';
import type { AssignedPartition as _millrace_v1_AssignedPartition, AssignedPartition__Output as _millrace_v1_AssignedPartition__Output } from './millrace/v1/AssignedPartition.ts';
import type { BrokerDescription as _millrace_v1_BrokerDescription, BrokerDescription__Output as _millrace_v1_BrokerDescription__Output } from './millrace/v1/BrokerDescription.ts';
import type { CommitOffsetsRequest as _millrace_v1_CommitOffsetsRequest, CommitOffsetsRequest__Output as _millrace_v1_CommitOffsetsRequest__Output } from './millrace/v1/CommitOffsetsRequest.ts';
import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from './millrace/v1/CommitOffsetsResponse.ts';
import type { CommittedOffset as _millrace_v1_CommittedOffset, CommittedOffset__Output as _millrace_v1_CommittedOffset__Output } from './millrace/v1/CommittedOffset.ts';
import type { CommittedPartition as _millrace_v1_CommittedPartition, CommittedPartition__Output as _millrace_v1_CommittedPartition__Output } from './millrace/v1/CommittedPartition.ts';
import type { ConfigEntry as _millrace_v1_ConfigEntry, ConfigEntry__Output as _millrace_v1_ConfigEntry__Output } from './millrace/v1/ConfigEntry.ts';
import type { CopyDescription as _millrace_v1_CopyDescription, CopyDescription__Output as _millrace_v1_CopyDescription__Output } from './millrace/v1/CopyDescription.ts';
import type { CreateTopicRequest as _millrace_v1_CreateTopicRequest, CreateTopicRequest__Output as _millrace_v1_CreateTopicRequest__Output } from './millrace/v1/CreateTopicRequest.ts';
import type { CreateTopicResponse as _millrace_v1_CreateTopicResponse, CreateTopicResponse__Output as _millrace_v1_CreateTopicResponse__Output } from './millrace/v1/CreateTopicResponse.ts';
import type { DeclareGroupRequest as _millrace_v1_DeclareGroupRequest, DeclareGroupRequest__Output as _millrace_v1_DeclareGroupRequest__Output } from './millrace/v1/DeclareGroupRequest.ts';
import type { DeclareGroupResponse as _millrace_v1_DeclareGroupResponse, DeclareGroupResponse__Output as _millrace_v1_DeclareGroupResponse__Output } from './millrace/v1/DeclareGroupResponse.ts';
import type { DeleteGroupRequest as _millrace_v1_DeleteGroupRequest, DeleteGroupRequest__Output as _millrace_v1_DeleteGroupRequest__Output } from './millrace/v1/DeleteGroupRequest.ts';
import type { DeleteGroupResponse as _millrace_v1_DeleteGroupResponse, DeleteGroupResponse__Output as _millrace_v1_DeleteGroupResponse__Output } from './millrace/v1/DeleteGroupResponse.ts';
import type { DeleteRecordsRequest as _millrace_v1_DeleteRecordsRequest, DeleteRecordsRequest__Output as _millrace_v1_DeleteRecordsRequest__Output } from './millrace/v1/DeleteRecordsRequest.ts';
import type { DeleteRecordsResponse as _millrace_v1_DeleteRecordsResponse, DeleteRecordsResponse__Output as _millrace_v1_DeleteRecordsResponse__Output } from './millrace/v1/DeleteRecordsResponse.ts';
import type { DeleteTopicRequest as _millrace_v1_DeleteTopicRequest, DeleteTopicRequest__Output as _millrace_v1_DeleteTopicRequest__Output } from './millrace/v1/DeleteTopicRequest.ts';
import type { DeleteTopicResponse as _millrace_v1_DeleteTopicResponse, DeleteTopicResponse__Output as _millrace_v1_DeleteTopicResponse__Output } from './millrace/v1/DeleteTopicResponse.ts';
import type { DescribeBrokersRequest as _millrace_v1_DescribeBrokersRequest, DescribeBrokersRequest__Output as _millrace_v1_DescribeBrokersRequest__Output } from './millrace/v1/DescribeBrokersRequest.ts';
import type { DescribeBrokersResponse as _millrace_v1_DescribeBrokersResponse, DescribeBrokersResponse__Output as _millrace_v1_DescribeBrokersResponse__Output } from './millrace/v1/DescribeBrokersResponse.ts';
import type { DescribeCopiesRequest as _millrace_v1_DescribeCopiesRequest, DescribeCopiesRequest__Output as _millrace_v1_DescribeCopiesRequest__Output } from './millrace/v1/DescribeCopiesRequest.ts';
import type { DescribeCopiesResponse as _millrace_v1_DescribeCopiesResponse, DescribeCopiesResponse__Output as _millrace_v1_DescribeCopiesResponse__Output } from './millrace/v1/DescribeCopiesResponse.ts';
import type { DescribeGroupLagRequest as _millrace_v1_DescribeGroupLagRequest, DescribeGroupLagRequest__Output as _millrace_v1_DescribeGroupLagRequest__Output } from './millrace/v1/DescribeGroupLagRequest.ts';
import type { DescribeGroupLagResponse as _millrace_v1_DescribeGroupLagResponse, DescribeGroupLagResponse__Output as _millrace_v1_DescribeGroupLagResponse__Output } from './millrace/v1/DescribeGroupLagResponse.ts';
import type { DescribeGroupRequest as _millrace_v1_DescribeGroupRequest, DescribeGroupRequest__Output as _millrace_v1_DescribeGroupRequest__Output } from './millrace/v1/DescribeGroupRequest.ts';
import type { DescribeGroupResponse as _millrace_v1_DescribeGroupResponse, DescribeGroupResponse__Output as _millrace_v1_DescribeGroupResponse__Output } from './millrace/v1/DescribeGroupResponse.ts';
import type { DescribeTopicRequest as _millrace_v1_DescribeTopicRequest, DescribeTopicRequest__Output as _millrace_v1_DescribeTopicRequest__Output } from './millrace/v1/DescribeTopicRequest.ts';
import type { DescribeTopicResponse as _millrace_v1_DescribeTopicResponse, DescribeTopicResponse__Output as _millrace_v1_DescribeTopicResponse__Output } from './millrace/v1/DescribeTopicResponse.ts';
import type { Endpoint as _millrace_v1_Endpoint, Endpoint__Output as _millrace_v1_Endpoint__Output } from './millrace/v1/Endpoint.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from './millrace/v1/Error.ts';
import type { FetchOffsetsRequest as _millrace_v1_FetchOffsetsRequest, FetchOffsetsRequest__Output as _millrace_v1_FetchOffsetsRequest__Output } from './millrace/v1/FetchOffsetsRequest.ts';
import type { FetchOffsetsResponse as _millrace_v1_FetchOffsetsResponse, FetchOffsetsResponse__Output as _millrace_v1_FetchOffsetsResponse__Output } from './millrace/v1/FetchOffsetsResponse.ts';
import type { FetchedOffset as _millrace_v1_FetchedOffset, FetchedOffset__Output as _millrace_v1_FetchedOffset__Output } from './millrace/v1/FetchedOffset.ts';
import type { GroupAssignment as _millrace_v1_GroupAssignment, GroupAssignment__Output as _millrace_v1_GroupAssignment__Output } from './millrace/v1/GroupAssignment.ts';
import type { GroupHeartbeatRequest as _millrace_v1_GroupHeartbeatRequest, GroupHeartbeatRequest__Output as _millrace_v1_GroupHeartbeatRequest__Output } from './millrace/v1/GroupHeartbeatRequest.ts';
import type { GroupHeartbeatResponse as _millrace_v1_GroupHeartbeatResponse, GroupHeartbeatResponse__Output as _millrace_v1_GroupHeartbeatResponse__Output } from './millrace/v1/GroupHeartbeatResponse.ts';
import type { GroupJoin as _millrace_v1_GroupJoin, GroupJoin__Output as _millrace_v1_GroupJoin__Output } from './millrace/v1/GroupJoin.ts';
import type { GroupLag as _millrace_v1_GroupLag, GroupLag__Output as _millrace_v1_GroupLag__Output } from './millrace/v1/GroupLag.ts';
import type { GroupMember as _millrace_v1_GroupMember, GroupMember__Output as _millrace_v1_GroupMember__Output } from './millrace/v1/GroupMember.ts';
import type { GroupPin as _millrace_v1_GroupPin, GroupPin__Output as _millrace_v1_GroupPin__Output } from './millrace/v1/GroupPin.ts';
import type { GroupSpec as _millrace_v1_GroupSpec, GroupSpec__Output as _millrace_v1_GroupSpec__Output } from './millrace/v1/GroupSpec.ts';
import type { GroupSummary as _millrace_v1_GroupSummary, GroupSummary__Output as _millrace_v1_GroupSummary__Output } from './millrace/v1/GroupSummary.ts';
import type { Header as _millrace_v1_Header, Header__Output as _millrace_v1_Header__Output } from './millrace/v1/Header.ts';
import type { ListGroupsRequest as _millrace_v1_ListGroupsRequest, ListGroupsRequest__Output as _millrace_v1_ListGroupsRequest__Output } from './millrace/v1/ListGroupsRequest.ts';
import type { ListGroupsResponse as _millrace_v1_ListGroupsResponse, ListGroupsResponse__Output as _millrace_v1_ListGroupsResponse__Output } from './millrace/v1/ListGroupsResponse.ts';
import type { ListReassignmentsRequest as _millrace_v1_ListReassignmentsRequest, ListReassignmentsRequest__Output as _millrace_v1_ListReassignmentsRequest__Output } from './millrace/v1/ListReassignmentsRequest.ts';
import type { ListReassignmentsResponse as _millrace_v1_ListReassignmentsResponse, ListReassignmentsResponse__Output as _millrace_v1_ListReassignmentsResponse__Output } from './millrace/v1/ListReassignmentsResponse.ts';
import type { ListTopicsRequest as _millrace_v1_ListTopicsRequest, ListTopicsRequest__Output as _millrace_v1_ListTopicsRequest__Output } from './millrace/v1/ListTopicsRequest.ts';
import type { ListTopicsResponse as _millrace_v1_ListTopicsResponse, ListTopicsResponse__Output as _millrace_v1_ListTopicsResponse__Output } from './millrace/v1/ListTopicsResponse.ts';
import type { MembershipRequest as _millrace_v1_MembershipRequest, MembershipRequest__Output as _millrace_v1_MembershipRequest__Output } from './millrace/v1/MembershipRequest.ts';
import type { MembershipResponse as _millrace_v1_MembershipResponse, MembershipResponse__Output as _millrace_v1_MembershipResponse__Output } from './millrace/v1/MembershipResponse.ts';
import type { MoveLeaderRequest as _millrace_v1_MoveLeaderRequest, MoveLeaderRequest__Output as _millrace_v1_MoveLeaderRequest__Output } from './millrace/v1/MoveLeaderRequest.ts';
import type { MoveLeaderResponse as _millrace_v1_MoveLeaderResponse, MoveLeaderResponse__Output as _millrace_v1_MoveLeaderResponse__Output } from './millrace/v1/MoveLeaderResponse.ts';
import type { OffsetReset as _millrace_v1_OffsetReset, OffsetReset__Output as _millrace_v1_OffsetReset__Output } from './millrace/v1/OffsetReset.ts';
import type { OffsetToCommit as _millrace_v1_OffsetToCommit, OffsetToCommit__Output as _millrace_v1_OffsetToCommit__Output } from './millrace/v1/OffsetToCommit.ts';
import type { OwnedPartitions as _millrace_v1_OwnedPartitions, OwnedPartitions__Output as _millrace_v1_OwnedPartitions__Output } from './millrace/v1/OwnedPartitions.ts';
import type { PartitionDescription as _millrace_v1_PartitionDescription, PartitionDescription__Output as _millrace_v1_PartitionDescription__Output } from './millrace/v1/PartitionDescription.ts';
import type { PartitionLag as _millrace_v1_PartitionLag, PartitionLag__Output as _millrace_v1_PartitionLag__Output } from './millrace/v1/PartitionLag.ts';
import type { PartitionReassignment as _millrace_v1_PartitionReassignment, PartitionReassignment__Output as _millrace_v1_PartitionReassignment__Output } from './millrace/v1/PartitionReassignment.ts';
import type { ReassignRequest as _millrace_v1_ReassignRequest, ReassignRequest__Output as _millrace_v1_ReassignRequest__Output } from './millrace/v1/ReassignRequest.ts';
import type { ReassignResponse as _millrace_v1_ReassignResponse, ReassignResponse__Output as _millrace_v1_ReassignResponse__Output } from './millrace/v1/ReassignResponse.ts';
import type { Reassignment as _millrace_v1_Reassignment, Reassignment__Output as _millrace_v1_Reassignment__Output } from './millrace/v1/Reassignment.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';
import type { ResetOffset as _millrace_v1_ResetOffset, ResetOffset__Output as _millrace_v1_ResetOffset__Output } from './millrace/v1/ResetOffset.ts';
import type { ResetOffsetsRequest as _millrace_v1_ResetOffsetsRequest, ResetOffsetsRequest__Output as _millrace_v1_ResetOffsetsRequest__Output } from './millrace/v1/ResetOffsetsRequest.ts';
import type { ResetOffsetsResponse as _millrace_v1_ResetOffsetsResponse, ResetOffsetsResponse__Output as _millrace_v1_ResetOffsetsResponse__Output } from './millrace/v1/ResetOffsetsResponse.ts';
import type { StartPosition as _millrace_v1_StartPosition, StartPosition__Output as _millrace_v1_StartPosition__Output } from './millrace/v1/StartPosition.ts';
import type { TopicDescription as _millrace_v1_TopicDescription, TopicDescription__Output as _millrace_v1_TopicDescription__Output } from './millrace/v1/TopicDescription.ts';
import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from './millrace/v1/TopicPartitions.ts';
import type { TopicSummary as _millrace_v1_TopicSummary, TopicSummary__Output as _millrace_v1_TopicSummary__Output } from './millrace/v1/TopicSummary.ts';
import type { UncleanElectRequest as _millrace_v1_UncleanElectRequest, UncleanElectRequest__Output as _millrace_v1_UncleanElectRequest__Output } from './millrace/v1/UncleanElectRequest.ts';
import type { UncleanElectResponse as _millrace_v1_UncleanElectResponse, UncleanElectResponse__Output as _millrace_v1_UncleanElectResponse__Output } from './millrace/v1/UncleanElectResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      /**
       * Creates, changes and describes topics; moves their partitions.
       */
      Admin: SubtypeConstructor<typeof grpc.Client, _millrace_v1_AdminClient> & { service: _millrace_v1_AdminDefinition }
      AlterBrokerRequest: MessageTypeDefinition<_millrace_v1_AlterBrokerRequest, _millrace_v1_AlterBrokerRequest__Output>
      AlterBrokerResponse: MessageTypeDefinition<_millrace_v1_AlterBrokerResponse, _millrace_v1_AlterBrokerResponse__Output>
      AlterTopicRequest: MessageTypeDefinition<_millrace_v1_AlterTopicRequest, _millrace_v1_AlterTopicRequest__Output>
      AlterTopicResponse: MessageTypeDefinition<_millrace_v1_AlterTopicResponse, _millrace_v1_AlterTopicResponse__Output>
      AssignedPartition: MessageTypeDefinition<_millrace_v1_AssignedPartition, _millrace_v1_AssignedPartition__Output>
      BrokerDescription: MessageTypeDefinition<_millrace_v1_BrokerDescription, _millrace_v1_BrokerDescription__Output>
      CommitOffsetsRequest: MessageTypeDefinition<_millrace_v1_CommitOffsetsRequest, _millrace_v1_CommitOffsetsRequest__Output>
      CommitOffsetsResponse: MessageTypeDefinition<_millrace_v1_CommitOffsetsResponse, _millrace_v1_CommitOffsetsResponse__Output>
      CommittedOffset: MessageTypeDefinition<_millrace_v1_CommittedOffset, _millrace_v1_CommittedOffset__Output>
      CommittedPartition: MessageTypeDefinition<_millrace_v1_CommittedPartition, _millrace_v1_CommittedPartition__Output>
      ConfigEntry: MessageTypeDefinition<_millrace_v1_ConfigEntry, _millrace_v1_ConfigEntry__Output>
      ConfigSource: EnumTypeDefinition
      CopyDescription: MessageTypeDefinition<_millrace_v1_CopyDescription, _millrace_v1_CopyDescription__Output>
      CreateTopicRequest: MessageTypeDefinition<_millrace_v1_CreateTopicRequest, _millrace_v1_CreateTopicRequest__Output>
      CreateTopicResponse: MessageTypeDefinition<_millrace_v1_CreateTopicResponse, _millrace_v1_CreateTopicResponse__Output>
      DeclareGroupRequest: MessageTypeDefinition<_millrace_v1_DeclareGroupRequest, _millrace_v1_DeclareGroupRequest__Output>
      DeclareGroupResponse: MessageTypeDefinition<_millrace_v1_DeclareGroupResponse, _millrace_v1_DeclareGroupResponse__Output>
      DeleteGroupRequest: MessageTypeDefinition<_millrace_v1_DeleteGroupRequest, _millrace_v1_DeleteGroupRequest__Output>
      DeleteGroupResponse: MessageTypeDefinition<_millrace_v1_DeleteGroupResponse, _millrace_v1_DeleteGroupResponse__Output>
      DeleteRecordsRequest: MessageTypeDefinition<_millrace_v1_DeleteRecordsRequest, _millrace_v1_DeleteRecordsRequest__Output>
      DeleteRecordsResponse: MessageTypeDefinition<_millrace_v1_DeleteRecordsResponse, _millrace_v1_DeleteRecordsResponse__Output>
      DeleteTopicRequest: MessageTypeDefinition<_millrace_v1_DeleteTopicRequest, _millrace_v1_DeleteTopicRequest__Output>
      DeleteTopicResponse: MessageTypeDefinition<_millrace_v1_DeleteTopicResponse, _millrace_v1_DeleteTopicResponse__Output>
      DescribeBrokersRequest: MessageTypeDefinition<_millrace_v1_DescribeBrokersRequest, _millrace_v1_DescribeBrokersRequest__Output>
      DescribeBrokersResponse: MessageTypeDefinition<_millrace_v1_DescribeBrokersResponse, _millrace_v1_DescribeBrokersResponse__Output>
      DescribeCopiesRequest: MessageTypeDefinition<_millrace_v1_DescribeCopiesRequest, _millrace_v1_DescribeCopiesRequest__Output>
      DescribeCopiesResponse: MessageTypeDefinition<_millrace_v1_DescribeCopiesResponse, _millrace_v1_DescribeCopiesResponse__Output>
      DescribeGroupLagRequest: MessageTypeDefinition<_millrace_v1_DescribeGroupLagRequest, _millrace_v1_DescribeGroupLagRequest__Output>
      DescribeGroupLagResponse: MessageTypeDefinition<_millrace_v1_DescribeGroupLagResponse, _millrace_v1_DescribeGroupLagResponse__Output>
      DescribeGroupRequest: MessageTypeDefinition<_millrace_v1_DescribeGroupRequest, _millrace_v1_DescribeGroupRequest__Output>
      DescribeGroupResponse: MessageTypeDefinition<_millrace_v1_DescribeGroupResponse, _millrace_v1_DescribeGroupResponse__Output>
      DescribeTopicRequest: MessageTypeDefinition<_millrace_v1_DescribeTopicRequest, _millrace_v1_DescribeTopicRequest__Output>
      DescribeTopicResponse: MessageTypeDefinition<_millrace_v1_DescribeTopicResponse, _millrace_v1_DescribeTopicResponse__Output>
      Endpoint: MessageTypeDefinition<_millrace_v1_Endpoint, _millrace_v1_Endpoint__Output>
      Error: MessageTypeDefinition<_millrace_v1_Error, _millrace_v1_Error__Output>
      FetchOffsetsRequest: MessageTypeDefinition<_millrace_v1_FetchOffsetsRequest, _millrace_v1_FetchOffsetsRequest__Output>
      FetchOffsetsResponse: MessageTypeDefinition<_millrace_v1_FetchOffsetsResponse, _millrace_v1_FetchOffsetsResponse__Output>
      FetchedOffset: MessageTypeDefinition<_millrace_v1_FetchedOffset, _millrace_v1_FetchedOffset__Output>
      GroupAssignment: MessageTypeDefinition<_millrace_v1_GroupAssignment, _millrace_v1_GroupAssignment__Output>
      GroupCondition: EnumTypeDefinition
      GroupHeartbeatRequest: MessageTypeDefinition<_millrace_v1_GroupHeartbeatRequest, _millrace_v1_GroupHeartbeatRequest__Output>
      GroupHeartbeatResponse: MessageTypeDefinition<_millrace_v1_GroupHeartbeatResponse, _millrace_v1_GroupHeartbeatResponse__Output>
      GroupJoin: MessageTypeDefinition<_millrace_v1_GroupJoin, _millrace_v1_GroupJoin__Output>
      GroupLag: MessageTypeDefinition<_millrace_v1_GroupLag, _millrace_v1_GroupLag__Output>
      GroupMember: MessageTypeDefinition<_millrace_v1_GroupMember, _millrace_v1_GroupMember__Output>
      GroupMemberState: EnumTypeDefinition
      GroupPin: MessageTypeDefinition<_millrace_v1_GroupPin, _millrace_v1_GroupPin__Output>
      GroupSpec: MessageTypeDefinition<_millrace_v1_GroupSpec, _millrace_v1_GroupSpec__Output>
      GroupSummary: MessageTypeDefinition<_millrace_v1_GroupSummary, _millrace_v1_GroupSummary__Output>
      Header: MessageTypeDefinition<_millrace_v1_Header, _millrace_v1_Header__Output>
      LagVerdict: EnumTypeDefinition
      ListGroupsRequest: MessageTypeDefinition<_millrace_v1_ListGroupsRequest, _millrace_v1_ListGroupsRequest__Output>
      ListGroupsResponse: MessageTypeDefinition<_millrace_v1_ListGroupsResponse, _millrace_v1_ListGroupsResponse__Output>
      ListReassignmentsRequest: MessageTypeDefinition<_millrace_v1_ListReassignmentsRequest, _millrace_v1_ListReassignmentsRequest__Output>
      ListReassignmentsResponse: MessageTypeDefinition<_millrace_v1_ListReassignmentsResponse, _millrace_v1_ListReassignmentsResponse__Output>
      ListTopicsRequest: MessageTypeDefinition<_millrace_v1_ListTopicsRequest, _millrace_v1_ListTopicsRequest__Output>
      ListTopicsResponse: MessageTypeDefinition<_millrace_v1_ListTopicsResponse, _millrace_v1_ListTopicsResponse__Output>
      MembershipRequest: MessageTypeDefinition<_millrace_v1_MembershipRequest, _millrace_v1_MembershipRequest__Output>
      MembershipResponse: MessageTypeDefinition<_millrace_v1_MembershipResponse, _millrace_v1_MembershipResponse__Output>
      MoveLeaderRequest: MessageTypeDefinition<_millrace_v1_MoveLeaderRequest, _millrace_v1_MoveLeaderRequest__Output>
      MoveLeaderResponse: MessageTypeDefinition<_millrace_v1_MoveLeaderResponse, _millrace_v1_MoveLeaderResponse__Output>
      OffsetReset: MessageTypeDefinition<_millrace_v1_OffsetReset, _millrace_v1_OffsetReset__Output>
      OffsetToCommit: MessageTypeDefinition<_millrace_v1_OffsetToCommit, _millrace_v1_OffsetToCommit__Output>
      Outcome: EnumTypeDefinition
      OwnedPartitions: MessageTypeDefinition<_millrace_v1_OwnedPartitions, _millrace_v1_OwnedPartitions__Output>
      PartitionDescription: MessageTypeDefinition<_millrace_v1_PartitionDescription, _millrace_v1_PartitionDescription__Output>
      PartitionLag: MessageTypeDefinition<_millrace_v1_PartitionLag, _millrace_v1_PartitionLag__Output>
      PartitionReassignment: MessageTypeDefinition<_millrace_v1_PartitionReassignment, _millrace_v1_PartitionReassignment__Output>
      ReassignRequest: MessageTypeDefinition<_millrace_v1_ReassignRequest, _millrace_v1_ReassignRequest__Output>
      ReassignResponse: MessageTypeDefinition<_millrace_v1_ReassignResponse, _millrace_v1_ReassignResponse__Output>
      Reassignment: MessageTypeDefinition<_millrace_v1_Reassignment, _millrace_v1_Reassignment__Output>
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      ResetOffset: MessageTypeDefinition<_millrace_v1_ResetOffset, _millrace_v1_ResetOffset__Output>
      ResetOffsetsRequest: MessageTypeDefinition<_millrace_v1_ResetOffsetsRequest, _millrace_v1_ResetOffsetsRequest__Output>
      ResetOffsetsResponse: MessageTypeDefinition<_millrace_v1_ResetOffsetsResponse, _millrace_v1_ResetOffsetsResponse__Output>
      StartPosition: MessageTypeDefinition<_millrace_v1_StartPosition, _millrace_v1_StartPosition__Output>
      TopicDescription: MessageTypeDefinition<_millrace_v1_TopicDescription, _millrace_v1_TopicDescription__Output>
      TopicPartitions: MessageTypeDefinition<_millrace_v1_TopicPartitions, _millrace_v1_TopicPartitions__Output>
      TopicSummary: MessageTypeDefinition<_millrace_v1_TopicSummary, _millrace_v1_TopicSummary__Output>
      UncleanElectRequest: MessageTypeDefinition<_millrace_v1_UncleanElectRequest, _millrace_v1_UncleanElectRequest__Output>
      UncleanElectResponse: MessageTypeDefinition<_millrace_v1_UncleanElectResponse, _millrace_v1_UncleanElectResponse__Output>
    }
  }
}

