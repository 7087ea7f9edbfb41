import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbortedTransaction as _millrace_v1_AbortedTransaction, AbortedTransaction__Output as _millrace_v1_AbortedTransaction__Output } from './millrace/v1/AbortedTransaction.ts';
import type { AssignedPartition as _millrace_v1_AssignedPartition, AssignedPartition__Output as _millrace_v1_AssignedPartition__Output } from './millrace/v1/AssignedPartition.ts';
import type { CommitOffsetsRequest as _millrace_v1_CommitOffsetsRequest, CommitOffsetsRequest__Output as _millrace_v1_CommitOffsetsRequest__Output } from './millrace/v1/CommitOffsetsRequest.ts';
import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from './millrace/v1/CommitOffsetsResponse.ts';
import type { CommittedOffset as _millrace_v1_CommittedOffset, CommittedOffset__Output as _millrace_v1_CommittedOffset__Output } from './millrace/v1/CommittedOffset.ts';
import type { CommittedPartition as _millrace_v1_CommittedPartition, CommittedPartition__Output as _millrace_v1_CommittedPartition__Output } from './millrace/v1/CommittedPartition.ts';
import type { ConsumeCommit as _millrace_v1_ConsumeCommit, ConsumeCommit__Output as _millrace_v1_ConsumeCommit__Output } from './millrace/v1/ConsumeCommit.ts';
import type { ConsumeCommitted as _millrace_v1_ConsumeCommitted, ConsumeCommitted__Output as _millrace_v1_ConsumeCommitted__Output } from './millrace/v1/ConsumeCommitted.ts';
import type { ConsumeControlled as _millrace_v1_ConsumeControlled, ConsumeControlled__Output as _millrace_v1_ConsumeControlled__Output } from './millrace/v1/ConsumeControlled.ts';
import type { ConsumePartitions as _millrace_v1_ConsumePartitions, ConsumePartitions__Output as _millrace_v1_ConsumePartitions__Output } from './millrace/v1/ConsumePartitions.ts';
import type { ConsumeRequest as _millrace_v1_ConsumeRequest, ConsumeRequest__Output as _millrace_v1_ConsumeRequest__Output } from './millrace/v1/ConsumeRequest.ts';
import type { ConsumeResponse as _millrace_v1_ConsumeResponse, ConsumeResponse__Output as _millrace_v1_ConsumeResponse__Output } from './millrace/v1/ConsumeResponse.ts';
import type { ConsumeRevoked as _millrace_v1_ConsumeRevoked, ConsumeRevoked__Output as _millrace_v1_ConsumeRevoked__Output } from './millrace/v1/ConsumeRevoked.ts';
import type { ConsumeSeek as _millrace_v1_ConsumeSeek, ConsumeSeek__Output as _millrace_v1_ConsumeSeek__Output } from './millrace/v1/ConsumeSeek.ts';
import type { ConsumeStart as _millrace_v1_ConsumeStart, ConsumeStart__Output as _millrace_v1_ConsumeStart__Output } from './millrace/v1/ConsumeStart.ts';
import type { ConsumerClient as _millrace_v1_ConsumerClient, ConsumerDefinition as _millrace_v1_ConsumerDefinition } from './millrace/v1/Consumer.ts';
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
import type { FetchEntry as _millrace_v1_FetchEntry, FetchEntry__Output as _millrace_v1_FetchEntry__Output } from './millrace/v1/FetchEntry.ts';
import type { FetchOffsetsRequest as _millrace_v1_FetchOffsetsRequest, FetchOffsetsRequest__Output as _millrace_v1_FetchOffsetsRequest__Output } from './millrace/v1/FetchOffsetsRequest.ts';
import type { FetchOffsetsResponse as _millrace_v1_FetchOffsetsResponse, FetchOffsetsResponse__Output as _millrace_v1_FetchOffsetsResponse__Output } from './millrace/v1/FetchOffsetsResponse.ts';
import type { FetchOnceRequest as _millrace_v1_FetchOnceRequest, FetchOnceRequest__Output as _millrace_v1_FetchOnceRequest__Output } from './millrace/v1/FetchOnceRequest.ts';
import type { FetchOnceResponse as _millrace_v1_FetchOnceResponse, FetchOnceResponse__Output as _millrace_v1_FetchOnceResponse__Output } from './millrace/v1/FetchOnceResponse.ts';
import type { FetchPartition as _millrace_v1_FetchPartition, FetchPartition__Output as _millrace_v1_FetchPartition__Output } from './millrace/v1/FetchPartition.ts';
import type { FetchRequest as _millrace_v1_FetchRequest, FetchRequest__Output as _millrace_v1_FetchRequest__Output } from './millrace/v1/FetchRequest.ts';
import type { FetchResponse as _millrace_v1_FetchResponse, FetchResponse__Output as _millrace_v1_FetchResponse__Output } from './millrace/v1/FetchResponse.ts';
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
import type { ListOffsetsRequest as _millrace_v1_ListOffsetsRequest, ListOffsetsRequest__Output as _millrace_v1_ListOffsetsRequest__Output } from './millrace/v1/ListOffsetsRequest.ts';
import type { ListOffsetsResponse as _millrace_v1_ListOffsetsResponse, ListOffsetsResponse__Output as _millrace_v1_ListOffsetsResponse__Output } from './millrace/v1/ListOffsetsResponse.ts';
import type { MembershipRequest as _millrace_v1_MembershipRequest, MembershipRequest__Output as _millrace_v1_MembershipRequest__Output } from './millrace/v1/MembershipRequest.ts';
import type { MembershipResponse as _millrace_v1_MembershipResponse, MembershipResponse__Output as _millrace_v1_MembershipResponse__Output } from './millrace/v1/MembershipResponse.ts';
import type { OffsetForLeaderEpochRequest as _millrace_v1_OffsetForLeaderEpochRequest, OffsetForLeaderEpochRequest__Output as _millrace_v1_OffsetForLeaderEpochRequest__Output } from './millrace/v1/OffsetForLeaderEpochRequest.ts';
import type { OffsetForLeaderEpochResponse as _millrace_v1_OffsetForLeaderEpochResponse, OffsetForLeaderEpochResponse__Output as _millrace_v1_OffsetForLeaderEpochResponse__Output } from './millrace/v1/OffsetForLeaderEpochResponse.ts';
import type { OffsetReset as _millrace_v1_OffsetReset, OffsetReset__Output as _millrace_v1_OffsetReset__Output } from './millrace/v1/OffsetReset.ts';
import type { OffsetToCommit as _millrace_v1_OffsetToCommit, OffsetToCommit__Output as _millrace_v1_OffsetToCommit__Output } from './millrace/v1/OffsetToCommit.ts';
import type { OwnedPartitions as _millrace_v1_OwnedPartitions, OwnedPartitions__Output as _millrace_v1_OwnedPartitions__Output } from './millrace/v1/OwnedPartitions.ts';
import type { PartitionLag as _millrace_v1_PartitionLag, PartitionLag__Output as _millrace_v1_PartitionLag__Output } from './millrace/v1/PartitionLag.ts';
import type { PartitionOffset as _millrace_v1_PartitionOffset, PartitionOffset__Output as _millrace_v1_PartitionOffset__Output } from './millrace/v1/PartitionOffset.ts';
import type { PartitionSeek as _millrace_v1_PartitionSeek, PartitionSeek__Output as _millrace_v1_PartitionSeek__Output } from './millrace/v1/PartitionSeek.ts';
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
      AbortedTransaction: MessageTypeDefinition<_millrace_v1_AbortedTransaction, _millrace_v1_AbortedTransaction__Output>
      AssignedPartition: MessageTypeDefinition<_millrace_v1_AssignedPartition, _millrace_v1_AssignedPartition__Output>
      CommitOffsetsRequest: MessageTypeDefinition<_millrace_v1_CommitOffsetsRequest, _millrace_v1_CommitOffsetsRequest__Output>
      CommitOffsetsResponse: MessageTypeDefinition<_millrace_v1_CommitOffsetsResponse, _millrace_v1_CommitOffsetsResponse__Output>
      CommittedOffset: MessageTypeDefinition<_millrace_v1_CommittedOffset, _millrace_v1_CommittedOffset__Output>
      CommittedPartition: MessageTypeDefinition<_millrace_v1_CommittedPartition, _millrace_v1_CommittedPartition__Output>
      ConsumeCommit: MessageTypeDefinition<_millrace_v1_ConsumeCommit, _millrace_v1_ConsumeCommit__Output>
      ConsumeCommitted: MessageTypeDefinition<_millrace_v1_ConsumeCommitted, _millrace_v1_ConsumeCommitted__Output>
      ConsumeControlled: MessageTypeDefinition<_millrace_v1_ConsumeControlled, _millrace_v1_ConsumeControlled__Output>
      ConsumePartitions: MessageTypeDefinition<_millrace_v1_ConsumePartitions, _millrace_v1_ConsumePartitions__Output>
      ConsumeRequest: MessageTypeDefinition<_millrace_v1_ConsumeRequest, _millrace_v1_ConsumeRequest__Output>
      ConsumeResponse: MessageTypeDefinition<_millrace_v1_ConsumeResponse, _millrace_v1_ConsumeResponse__Output>
      ConsumeRevoked: MessageTypeDefinition<_millrace_v1_ConsumeRevoked, _millrace_v1_ConsumeRevoked__Output>
      ConsumeSeek: MessageTypeDefinition<_millrace_v1_ConsumeSeek, _millrace_v1_ConsumeSeek__Output>
      ConsumeStart: MessageTypeDefinition<_millrace_v1_ConsumeStart, _millrace_v1_ConsumeStart__Output>
      /**
       * Reads records by partition and offset.
       */
      Consumer: SubtypeConstructor<typeof grpc.Client, _millrace_v1_ConsumerClient> & { service: _millrace_v1_ConsumerDefinition }
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
      FetchEntry: MessageTypeDefinition<_millrace_v1_FetchEntry, _millrace_v1_FetchEntry__Output>
      FetchOffsetsRequest: MessageTypeDefinition<_millrace_v1_FetchOffsetsRequest, _millrace_v1_FetchOffsetsRequest__Output>
      FetchOffsetsResponse: MessageTypeDefinition<_millrace_v1_FetchOffsetsResponse, _millrace_v1_FetchOffsetsResponse__Output>
      FetchOnceRequest: MessageTypeDefinition<_millrace_v1_FetchOnceRequest, _millrace_v1_FetchOnceRequest__Output>
      FetchOnceResponse: MessageTypeDefinition<_millrace_v1_FetchOnceResponse, _millrace_v1_FetchOnceResponse__Output>
      FetchPartition: MessageTypeDefinition<_millrace_v1_FetchPartition, _millrace_v1_FetchPartition__Output>
      FetchRequest: MessageTypeDefinition<_millrace_v1_FetchRequest, _millrace_v1_FetchRequest__Output>
      FetchResponse: MessageTypeDefinition<_millrace_v1_FetchResponse, _millrace_v1_FetchResponse__Output>
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
      Isolation: EnumTypeDefinition
      LagVerdict: EnumTypeDefinition
      ListGroupsRequest: MessageTypeDefinition<_millrace_v1_ListGroupsRequest, _millrace_v1_ListGroupsRequest__Output>
      ListGroupsResponse: MessageTypeDefinition<_millrace_v1_ListGroupsResponse, _millrace_v1_ListGroupsResponse__Output>
      ListOffsetsRequest: MessageTypeDefinition<_millrace_v1_ListOffsetsRequest, _millrace_v1_ListOffsetsRequest__Output>
      ListOffsetsResponse: MessageTypeDefinition<_millrace_v1_ListOffsetsResponse, _millrace_v1_ListOffsetsResponse__Output>
      MembershipRequest: MessageTypeDefinition<_millrace_v1_MembershipRequest, _millrace_v1_MembershipRequest__Output>
      MembershipResponse: MessageTypeDefinition<_millrace_v1_MembershipResponse, _millrace_v1_MembershipResponse__Output>
      OffsetForLeaderEpochRequest: MessageTypeDefinition<_millrace_v1_OffsetForLeaderEpochRequest, _millrace_v1_OffsetForLeaderEpochRequest__Output>
      OffsetForLeaderEpochResponse: MessageTypeDefinition<_millrace_v1_OffsetForLeaderEpochResponse, _millrace_v1_OffsetForLeaderEpochResponse__Output>
      OffsetReset: MessageTypeDefinition<_millrace_v1_OffsetReset, _millrace_v1_OffsetReset__Output>
      OffsetToCommit: MessageTypeDefinition<_millrace_v1_OffsetToCommit, _millrace_v1_OffsetToCommit__Output>
      Outcome: EnumTypeDefinition
      OwnedPartitions: MessageTypeDefinition<_millrace_v1_OwnedPartitions, _millrace_v1_OwnedPartitions__Output>
      PartitionLag: MessageTypeDefinition<_millrace_v1_PartitionLag, _millrace_v1_PartitionLag__Output>
      PartitionOffset: MessageTypeDefinition<_millrace_v1_PartitionOffset, _millrace_v1_PartitionOffset__Output>
      PartitionSeek: MessageTypeDefinition<_millrace_v1_PartitionSeek, _millrace_v1_PartitionSeek__Output>
      Position: EnumTypeDefinition
      Record: MessageTypeDefinition<_millrace_v1_Record, _millrace_v1_Record__Output>
      RecordFormat: EnumTypeDefinition
      ResetOffset: MessageTypeDefinition<_millrace_v1_ResetOffset, _millrace_v1_ResetOffset__Output>
      ResetOffsetsRequest: MessageTypeDefinition<_millrace_v1_ResetOffsetsRequest, _millrace_v1_ResetOffsetsRequest__Output>
      ResetOffsetsResponse: MessageTypeDefinition<_millrace_v1_ResetOffsetsResponse, _millrace_v1_ResetOffsetsResponse__Output>
      StartPosition: MessageTypeDefinition<_millrace_v1_StartPosition, _millrace_v1_StartPosition__Output>
      TopicPartitions: MessageTypeDefinition<_millrace_v1_TopicPartitions, _millrace_v1_TopicPartitions__Output>
    }
  }
}

