/** millrace.peer.v1 Controller.Session and its unary companions, as the broker and the controller see them (contracts.md, Session). */
import type { MillraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId, CopyId, Offset, TopicId } from '@millrace/core/ids';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import type { MetadataDelta, MetadataImage } from './metadata.ts';

/** What a broker knows of one of its copies, durably. */
export interface CopyReport {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly copyId: CopyId;
  /** Leader epoch of its last batch; -1: none. */
  readonly lastEpoch: number;
  /** Adopted for a recovery election: no leader of an older epoch is obeyed (rule 9); -1: none. */
  readonly adoptedEpoch: number;
  /** The highest leader epoch of a state that the broker applied to it, in memory or in the cached image; -1: none. */
  readonly seenLeaderEpoch: number;
  /** Partition epoch, likewise. A store that has a lower one was rewound (rule 9). */
  readonly seenEpoch: number;
  readonly durableEnd: Offset;
  /** This copyId was in the ISR (rule 9). */
  readonly wasIsr: boolean;
  /** The lowest minIsr that the copy has seen (rule 9); null: none. */
  readonly minIsr: number | null;
}

export interface Register {
  readonly kind: 'register';
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clusterId: ClusterId;
  readonly endpoints: readonly Endpoint[];
  readonly rack: string;
  readonly features: FeatureRange;
  /** The highest that the broker has seen (rule 18). */
  readonly controllerEpoch: number;
  readonly copies: readonly CopyReport[];
  /** False: more `copies` follow before anything is answered. */
  readonly complete: boolean;
}

export type SessionUp =
  | Register
  | { readonly kind: 'copies'; readonly copies: readonly CopyReport[]; readonly complete: boolean }
  | {
      readonly kind: 'heartbeat';
      readonly bootId: BootId;
      /** Of the last delta or image that was applied. */
      readonly metadataSeq: number;
      readonly loopLagP99Ms: number;
      readonly diskState: 'ok' | 'full' | 'failed';
    }
  /** A copy could not be created: `error` says why. */
  | {
      readonly kind: 'copyFailed';
      readonly topicId: TopicId;
      readonly partition: number;
      readonly error: MillraceError;
    }
  /** A failed segment write has ended the leader's epoch (rule 2): elect anew, often the same copy. Repeated until a
   *  status with a higher leader epoch arrives. */
  | ({ readonly kind: 'resigned' } & Resignation)
  /**
   * Clean shutdown: take my leaderships and take me out of the ISRs, but where I am the last member (rule 10). Done when
   * the metadata says so; until a new boot registers the broker is elected nowhere.
   */
  | { readonly kind: 'stopping' }
  /** All data of a deleted topic, or of copies that moved away, is in trash/. */
  | { readonly kind: 'deleted'; readonly topicId: TopicId };

export interface Resignation {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly leaderEpoch: number;
  /** The copy itself is damaged (rule 12): out of the ISR with it, if another member can lead; else it stays as it is. */
  readonly isDamaged: boolean;
}

/** One copy to create, empty (rule 22); answered by `copies` with its copyId. */
export interface CreateCopy {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly partition: number;
  readonly config: Readonly<Record<string, string>>;
}

export type SessionDown =
  | { readonly kind: 'image'; readonly image: MetadataImage }
  | { readonly kind: 'delta'; readonly delta: MetadataDelta }
  | {
      readonly kind: 'createCopies';
      readonly controllerEpoch: number;
      readonly copies: readonly CreateCopy[];
    }
  /** Recovery election: adopt `epoch` durably, then answer with `copies` (rule 9). */
  | {
      readonly kind: 'reportCopies';
      readonly controllerEpoch: number;
      readonly copies: readonly {
        readonly topicId: TopicId;
        readonly partition: number;
        readonly epoch: number;
      }[];
    }
  /** A newer process has this broker id, or the controller is none any more: see `reason`. */
  | {
      readonly kind: 'fenced';
      readonly reason: 'newer-boot' | 'not-controller' | 'refused';
      readonly error: MillraceError;
    };

/** A change of an ISR as its leader proposes it (rule 5). */
export interface IsrProposal {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly leaderEpoch: number;
  /** The partition epoch that the proposal is against. */
  readonly epoch: number;
  readonly isr: readonly CopyName[];
}

export type ProposalAnswer =
  | { readonly code: 'OK'; readonly epoch: number }
  | { readonly code: 'FENCED' | 'STALE' | 'INELIGIBLE' | 'UNKNOWN' };

export interface AlterPartitionsRequest {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly changes: readonly IsrProposal[];
}

export interface AlterPartitionsResponse {
  /** In the order of the changes. */
  readonly answers: readonly ProposalAnswer[];
}

export interface ProducerIdBlock {
  readonly first: number;
  readonly count: number;
}
