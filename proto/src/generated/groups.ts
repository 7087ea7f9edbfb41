import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AssignedPartition as _millrace_v1_AssignedPartition, AssignedPartition__Output as _millrace_v1_AssignedPartition__Output } from './millrace/v1/AssignedPartition.ts';
import type { CommitOffsetsRequest as _millrace_v1_CommitOffsetsRequest, CommitOffsetsRequest__Output as _millrace_v1_CommitOffsetsRequest__Output } from './millrace/v1/CommitOffsetsRequest.ts';
import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from './millrace/v1/CommitOffsetsResponse.ts';
import type { CommittedOffset as _millrace_v1_CommittedOffset, CommittedOffset__Output as _millrace_v1_CommittedOffset__Output } from './millrace/v1/CommittedOffset.ts';
import type { CommittedPartition as _millrace_v1_CommittedPartition, CommittedPartition__Output as _millrace_v1_CommittedPartition__Output } from './millrace/v1/CommittedPartition.ts';
import type { DeclareGroupRequest as _millrace_v1_DeclareGroupRequest, DeclareGroupRequest__Output as _millrace_v1_DeclareGroupRequest__Output } from './millrace/v1/DeclareGroupRequest.ts';
import type { DeclareGroupResponse as _millrace_v1_DeclareGroupResponse, DeclareGroupResponse__Output as _millrace_v1_DeclareGroupResponse__Output } from './millrace/v1/DeclareGroupResponse.ts';
import type { DeleteGroupRequest as _millrace_v1_DeleteGroupRequest, DeleteGroupRequest__Output as _millrace_v1_DeleteGroupRequest__Output } from './millrace/v1/DeleteGroupRequest.ts';
import type { DeleteGroupResponse as _millrace_v1_DeleteGroupResponse, DeleteGroupResponse__Output as _millrace_v1_DeleteGroupResponse__Output } from './millrace/v1/DeleteGroupResponse.ts';
import type { DescribeGroupLagRequest as _millrace_v1_DescribeGroupLagRequest, DescribeGroupLagRequest__Output as _millrace_v1_DescribeGroupLagRequest__Output } from './millrace/v1/DescribeGroupLagRequest.ts';
import type { DescribeGroupLagResponse as _millrace_v1_DescribeGroupLagResponse, DescribeGroupLagResponse__Output as _millrace_v1_DescribeGroupLagResponse__Output } from './millrace/v1/DescribeGroupLagResponse.ts';
import type { DescribeGroupRequest as _millrace_v1_DescribeGroupRequest, DescribeGroupRequest__Output as _millrace_v1_DescribeGroupRequest__Output } from './millrace/v1/DescribeGroupRequest.ts';
import type { DescribeGroupResponse as _millrace_v1_DescribeGroupResponse, DescribeGroupResponse__Output as _millrace_v1_DescribeGroupResponse__Output } from './millrace/v1/DescribeGroupResponse.ts';
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
import type { MembershipRequest as _millrace_v1_MembershipRequest, MembershipRequest__Output as _millrace_v1_MembershipRequest__Output } from './millrace/v1/MembershipRequest.ts';
import type { MembershipResponse as _millrace_v1_MembershipResponse, MembershipResponse__Output as _millrace_v1_MembershipResponse__Output } from './millrace/v1/MembershipResponse.ts';
import type { OffsetReset as _millrace_v1_OffsetReset, OffsetReset__Output as _millrace_v1_OffsetReset__Output } from './millrace/v1/OffsetReset.ts';
import type { OffsetToCommit as _millrace_v1_OffsetToCommit, OffsetToCommit__Output as _millrace_v1_OffsetToCommit__Output } from './millrace/v1/OffsetToCommit.ts';
import type { OwnedPartitions as _millrace_v1_OwnedPartitions, OwnedPartitions__Output as _millrace_v1_OwnedPartitions__Output } from './millrace/v1/OwnedPartitions.ts';
import type { PartitionLag as _millrace_v1_PartitionLag, PartitionLag__Output as _millrace_v1_PartitionLag__Output } from './millrace/v1/PartitionLag.ts';
import type { Record as _millrace_v1_Record, Record__Output as _millrace_v1_Record__Output } from './millrace/v1/Record.ts';
import type { ResetOffset as _millrace_v1_ResetOffset, ResetOffset__Output as _millrace_v1_ResetOffset__Output } from './millrace/v1/ResetOffset.ts';
import type { ResetOffsetsRequest as _millrace_v1_ResetOffsetsRequest, ResetOffsetsRequest__Output as _millrace_v1_ResetOffsetsRequest__Output } from './millrace/v1/ResetOffsetsRequest.ts';
import type { ResetOffsetsResponse as _millrace_v1_ResetOffsetsResponse, ResetOffsetsResponse__Output as _millrace_v1_ResetOffsetsResponse__Output } from './millrace/v1/ResetOffsetsResponse.ts';
import type { StartPosition as _millrace_v1_StartPosition, StartPosition__Output as _millrace_v1_StartPosition__Output } from './millrace/v1/StartPosition.ts';
import type { TopicPartitions as _millrace_v1_TopicPartitions, TopicPartitions__Output as _millrace_v1_TopicPartitions__Output } from './millrace/v1/TopicPartitions.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  millrace: {
    v1: {
      AssignedPartition: MessageTypeDefinition<_millrace_v1_AssignedPartition, _millrace_v1_AssignedPartition__Output>
      CommitOffsetsRequest: MessageTypeDefinition<_millrace_v1_CommitOffsetsRequest, _millrace_v1_CommitOffsetsRequest__Output>
      CommitOffsetsResponse: MessageTypeDefinition<_millrace_v1_CommitOffsetsResponse, _millrace_v1_CommitOffsetsResponse__Output>
      CommittedOffset: MessageTypeDefinition<_millrace_v1_CommittedOffset, _millrace_v1_CommittedOffset__Output>
      CommittedPartition: MessageTypeDefinition<_millrace_v1_CommittedPartition, _millrace_v1_CommittedPartition__Output>
      DeclareGroupRequest: MessageTypeDefinition<_millrace_v1_DeclareGroupRequest, _millrace_v1_DeclareGroupRequest__Output>
      DeclareGroupResponse: MessageTypeDefinition<_millrace_v1_DeclareGroupResponse, _millrace_v1_DeclareGroupResponse__Output>
      DeleteGroupRequest: MessageTypeDefinition<_millrace_v1_DeleteGroupRequest, _millrace_v1_DeleteGroupRequest__Output>
      DeleteGroupResponse: MessageTypeDefinition<_millrace_v1_DeleteGroupResponse, _millrace_v1_DeleteGroupResponse__Output>
      DescribeGroupLagRequest: MessageTypeDefinition<_millrace_v1_DescribeGroupLagRequest, _millrace_v1_DescribeGroupLagRequest__Output>
      DescribeGroupLagResponse: MessageTypeDefinition<_millrace_v1_DescribeGroupLagResponse, _millrace_v1_DescribeGroupLagResponse__Output>
      DescribeGroupRequest: MessageTypeDefinition<_millrace_v1_DescribeGroupRequest, _millrace_v1_DescribeGroupRequest__Output>
      DescribeGroupResponse: MessageTypeDefinition<_millrace_v1_DescribeGroupResponse, _millrace_v1_DescribeGroupResponse__Output>
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
      MembershipRequest: MessageTypeDefinition<_millrace_v1_MembershipRequest, _millrace_v1_MembershipRequest__Output>
      MembershipResponse: MessageTypeDefinition<_millrace_v1_MembershipResponse, _millrace_v1_MembershipResponse__Output>
      OffsetReset: MessageTypeDefinition<_millrace_v1_OffsetReset, _millrace_v1_OffsetReset__Output>
      OffsetToCommit: MessageTypeDefinition<_millrace_v1_OffsetToCommit, _millrace_v1_OffsetToCommit__Output>
      Outcome: EnumTypeDefinition
      OwnedPartitions: MessageTypeDefinition<_millrace_v1_OwnedPartitions, _millrace_v1_OwnedPartitions__Output>
      PartitionLag: MessageTypeDefinition<_millrace_v1_PartitionLag, _millrace_v1_PartitionLag__Output>
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      ResetOffset: MessageTypeDefinition<_millrace_v1_ResetOffset, _millrace_v1_ResetOffset__Output>
      ResetOffsetsRequest: MessageTypeDefinition<_millrace_v1_ResetOffsetsRequest, _millrace_v1_ResetOffsetsRequest__Output>
      ResetOffsetsResponse: MessageTypeDefinition<_millrace_v1_ResetOffsetsResponse, _millrace_v1_ResetOffsetsResponse__Output>
      StartPosition: MessageTypeDefinition<_millrace_v1_StartPosition, _millrace_v1_StartPosition__Output>
      TopicPartitions: MessageTypeDefinition<_millrace_v1_TopicPartitions, _millrace_v1_TopicPartitions__Output>
    }
  }
}

