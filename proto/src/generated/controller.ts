import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AllocateProducerIdsRequest as _millrace_peer_v1_AllocateProducerIdsRequest, AllocateProducerIdsRequest__Output as _millrace_peer_v1_AllocateProducerIdsRequest__Output } from './millrace/peer/v1/AllocateProducerIdsRequest.ts';
import type { AllocateProducerIdsResponse as _millrace_peer_v1_AllocateProducerIdsResponse, AllocateProducerIdsResponse__Output as _millrace_peer_v1_AllocateProducerIdsResponse__Output } from './millrace/peer/v1/AllocateProducerIdsResponse.ts';
import type { AlterPartitionsRequest as _millrace_peer_v1_AlterPartitionsRequest, AlterPartitionsRequest__Output as _millrace_peer_v1_AlterPartitionsRequest__Output } from './millrace/peer/v1/AlterPartitionsRequest.ts';
import type { AlterPartitionsResponse as _millrace_peer_v1_AlterPartitionsResponse, AlterPartitionsResponse__Output as _millrace_peer_v1_AlterPartitionsResponse__Output } from './millrace/peer/v1/AlterPartitionsResponse.ts';
import type { BrokerMetadata as _millrace_peer_v1_BrokerMetadata, BrokerMetadata__Output as _millrace_peer_v1_BrokerMetadata__Output } from './millrace/peer/v1/BrokerMetadata.ts';
import type { ControllerClient as _millrace_peer_v1_ControllerClient, ControllerDefinition as _millrace_peer_v1_ControllerDefinition } from './millrace/peer/v1/Controller.ts';
import type { CopyFailed as _millrace_peer_v1_CopyFailed, CopyFailed__Output as _millrace_peer_v1_CopyFailed__Output } from './millrace/peer/v1/CopyFailed.ts';
import type { CopyReport as _millrace_peer_v1_CopyReport, CopyReport__Output as _millrace_peer_v1_CopyReport__Output } from './millrace/peer/v1/CopyReport.ts';
import type { CopyReports as _millrace_peer_v1_CopyReports, CopyReports__Output as _millrace_peer_v1_CopyReports__Output } from './millrace/peer/v1/CopyReports.ts';
import type { CopyToReport as _millrace_peer_v1_CopyToReport, CopyToReport__Output as _millrace_peer_v1_CopyToReport__Output } from './millrace/peer/v1/CopyToReport.ts';
import type { CreateCopies as _millrace_peer_v1_CreateCopies, CreateCopies__Output as _millrace_peer_v1_CreateCopies__Output } from './millrace/peer/v1/CreateCopies.ts';
import type { CreateTopicCopies as _millrace_peer_v1_CreateTopicCopies, CreateTopicCopies__Output as _millrace_peer_v1_CreateTopicCopies__Output } from './millrace/peer/v1/CreateTopicCopies.ts';
import type { FeatureRange as _millrace_peer_v1_FeatureRange, FeatureRange__Output as _millrace_peer_v1_FeatureRange__Output } from './millrace/peer/v1/FeatureRange.ts';
import type { Fenced as _millrace_peer_v1_Fenced, Fenced__Output as _millrace_peer_v1_Fenced__Output } from './millrace/peer/v1/Fenced.ts';
import type { ForwardRequest as _millrace_peer_v1_ForwardRequest, ForwardRequest__Output as _millrace_peer_v1_ForwardRequest__Output } from './millrace/peer/v1/ForwardRequest.ts';
import type { ForwardResponse as _millrace_peer_v1_ForwardResponse, ForwardResponse__Output as _millrace_peer_v1_ForwardResponse__Output } from './millrace/peer/v1/ForwardResponse.ts';
import type { Heartbeat as _millrace_peer_v1_Heartbeat, Heartbeat__Output as _millrace_peer_v1_Heartbeat__Output } from './millrace/peer/v1/Heartbeat.ts';
import type { IsrProposal as _millrace_peer_v1_IsrProposal, IsrProposal__Output as _millrace_peer_v1_IsrProposal__Output } from './millrace/peer/v1/IsrProposal.ts';
import type { MetadataPart as _millrace_peer_v1_MetadataPart, MetadataPart__Output as _millrace_peer_v1_MetadataPart__Output } from './millrace/peer/v1/MetadataPart.ts';
import type { PartitionState as _millrace_peer_v1_PartitionState, PartitionState__Output as _millrace_peer_v1_PartitionState__Output } from './millrace/peer/v1/PartitionState.ts';
import type { PrepareStopRequest as _millrace_peer_v1_PrepareStopRequest, PrepareStopRequest__Output as _millrace_peer_v1_PrepareStopRequest__Output } from './millrace/peer/v1/PrepareStopRequest.ts';
import type { PrepareStopResponse as _millrace_peer_v1_PrepareStopResponse, PrepareStopResponse__Output as _millrace_peer_v1_PrepareStopResponse__Output } from './millrace/peer/v1/PrepareStopResponse.ts';
import type { ProposalAnswer as _millrace_peer_v1_ProposalAnswer, ProposalAnswer__Output as _millrace_peer_v1_ProposalAnswer__Output } from './millrace/peer/v1/ProposalAnswer.ts';
import type { Register as _millrace_peer_v1_Register, Register__Output as _millrace_peer_v1_Register__Output } from './millrace/peer/v1/Register.ts';
import type { ReportCopies as _millrace_peer_v1_ReportCopies, ReportCopies__Output as _millrace_peer_v1_ReportCopies__Output } from './millrace/peer/v1/ReportCopies.ts';
import type { Resigned as _millrace_peer_v1_Resigned, Resigned__Output as _millrace_peer_v1_Resigned__Output } from './millrace/peer/v1/Resigned.ts';
import type { SessionRequest as _millrace_peer_v1_SessionRequest, SessionRequest__Output as _millrace_peer_v1_SessionRequest__Output } from './millrace/peer/v1/SessionRequest.ts';
import type { SessionResponse as _millrace_peer_v1_SessionResponse, SessionResponse__Output as _millrace_peer_v1_SessionResponse__Output } from './millrace/peer/v1/SessionResponse.ts';
import type { Stopping as _millrace_peer_v1_Stopping, Stopping__Output as _millrace_peer_v1_Stopping__Output } from './millrace/peer/v1/Stopping.ts';
import type { TopicDeleted as _millrace_peer_v1_TopicDeleted, TopicDeleted__Output as _millrace_peer_v1_TopicDeleted__Output } from './millrace/peer/v1/TopicDeleted.ts';
import type { TopicMetadata as _millrace_peer_v1_TopicMetadata, TopicMetadata__Output as _millrace_peer_v1_TopicMetadata__Output } from './millrace/peer/v1/TopicMetadata.ts';
import type { UnreadyPartition as _millrace_peer_v1_UnreadyPartition, UnreadyPartition__Output as _millrace_peer_v1_UnreadyPartition__Output } from './millrace/peer/v1/UnreadyPartition.ts';
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
        AllocateProducerIdsRequest: MessageTypeDefinition<_millrace_peer_v1_AllocateProducerIdsRequest, _millrace_peer_v1_AllocateProducerIdsRequest__Output>
        AllocateProducerIdsResponse: MessageTypeDefinition<_millrace_peer_v1_AllocateProducerIdsResponse, _millrace_peer_v1_AllocateProducerIdsResponse__Output>
        AlterPartitionsRequest: MessageTypeDefinition<_millrace_peer_v1_AlterPartitionsRequest, _millrace_peer_v1_AlterPartitionsRequest__Output>
        AlterPartitionsResponse: MessageTypeDefinition<_millrace_peer_v1_AlterPartitionsResponse, _millrace_peer_v1_AlterPartitionsResponse__Output>
        BrokerMetadata: MessageTypeDefinition<_millrace_peer_v1_BrokerMetadata, _millrace_peer_v1_BrokerMetadata__Output>
        /**
         * What brokers ask of the controller. A broker that is not the controller refuses all of it with NOT_CONTROLLER.
         */
        Controller: SubtypeConstructor<typeof grpc.Client, _millrace_peer_v1_ControllerClient> & { service: _millrace_peer_v1_ControllerDefinition }
        CopyFailed: MessageTypeDefinition<_millrace_peer_v1_CopyFailed, _millrace_peer_v1_CopyFailed__Output>
        CopyReport: MessageTypeDefinition<_millrace_peer_v1_CopyReport, _millrace_peer_v1_CopyReport__Output>
        CopyReports: MessageTypeDefinition<_millrace_peer_v1_CopyReports, _millrace_peer_v1_CopyReports__Output>
        CopyToReport: MessageTypeDefinition<_millrace_peer_v1_CopyToReport, _millrace_peer_v1_CopyToReport__Output>
        CreateCopies: MessageTypeDefinition<_millrace_peer_v1_CreateCopies, _millrace_peer_v1_CreateCopies__Output>
        CreateTopicCopies: MessageTypeDefinition<_millrace_peer_v1_CreateTopicCopies, _millrace_peer_v1_CreateTopicCopies__Output>
        DiskState: EnumTypeDefinition
        FeatureRange: MessageTypeDefinition<_millrace_peer_v1_FeatureRange, _millrace_peer_v1_FeatureRange__Output>
        Fenced: MessageTypeDefinition<_millrace_peer_v1_Fenced, _millrace_peer_v1_Fenced__Output>
        FencedReason: EnumTypeDefinition
        ForwardRequest: MessageTypeDefinition<_millrace_peer_v1_ForwardRequest, _millrace_peer_v1_ForwardRequest__Output>
        ForwardResponse: MessageTypeDefinition<_millrace_peer_v1_ForwardResponse, _millrace_peer_v1_ForwardResponse__Output>
        Heartbeat: MessageTypeDefinition<_millrace_peer_v1_Heartbeat, _millrace_peer_v1_Heartbeat__Output>
        IsrProposal: MessageTypeDefinition<_millrace_peer_v1_IsrProposal, _millrace_peer_v1_IsrProposal__Output>
        MetadataPart: MessageTypeDefinition<_millrace_peer_v1_MetadataPart, _millrace_peer_v1_MetadataPart__Output>
        PartitionState: MessageTypeDefinition<_millrace_peer_v1_PartitionState, _millrace_peer_v1_PartitionState__Output>
        PrepareStopRequest: MessageTypeDefinition<_millrace_peer_v1_PrepareStopRequest, _millrace_peer_v1_PrepareStopRequest__Output>
        PrepareStopResponse: MessageTypeDefinition<_millrace_peer_v1_PrepareStopResponse, _millrace_peer_v1_PrepareStopResponse__Output>
        ProposalAnswer: MessageTypeDefinition<_millrace_peer_v1_ProposalAnswer, _millrace_peer_v1_ProposalAnswer__Output>
        ProposalCode: EnumTypeDefinition
        Register: MessageTypeDefinition<_millrace_peer_v1_Register, _millrace_peer_v1_Register__Output>
        ReportCopies: MessageTypeDefinition<_millrace_peer_v1_ReportCopies, _millrace_peer_v1_ReportCopies__Output>
        Resigned: MessageTypeDefinition<_millrace_peer_v1_Resigned, _millrace_peer_v1_Resigned__Output>
        SessionRequest: MessageTypeDefinition<_millrace_peer_v1_SessionRequest, _millrace_peer_v1_SessionRequest__Output>
        SessionResponse: MessageTypeDefinition<_millrace_peer_v1_SessionResponse, _millrace_peer_v1_SessionResponse__Output>
        Stopping: MessageTypeDefinition<_millrace_peer_v1_Stopping, _millrace_peer_v1_Stopping__Output>
        TopicDeleted: MessageTypeDefinition<_millrace_peer_v1_TopicDeleted, _millrace_peer_v1_TopicDeleted__Output>
        TopicMetadata: MessageTypeDefinition<_millrace_peer_v1_TopicMetadata, _millrace_peer_v1_TopicMetadata__Output>
        UnreadyPartition: MessageTypeDefinition<_millrace_peer_v1_UnreadyPartition, _millrace_peer_v1_UnreadyPartition__Output>
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

