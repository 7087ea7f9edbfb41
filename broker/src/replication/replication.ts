/**
 * All partitions of this broker and the streams by which they follow and are followed (contracts.md, Follow). It owns
 * the streams; the partitions are the engine's.
 */
import { millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId } from '@millrace/core/ids';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { PeerAddress, PeerStream, PeerTransport } from '../cluster/peerTransport.ts';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import { CatchupPace } from './catchupPace.ts';
import type { CopyLoss } from './copyLoss.ts';
import type { LogCorruptError } from '../log/logCorruptError.ts';
import { DamagedCopies } from './damagedCopies.ts';
import { Following } from './following.ts';
import { IsrProposals } from './isrProposals.ts';
import { LeaderStream } from './leaderStream.ts';
import type { Partition } from './partition.ts';
import type { PartitionHost } from './partitionHost.ts';
import { ReplicaMember } from './replicaMember.ts';
import { allReplicationRules, type ReplicationRulesOff } from './replicationRules.ts';

export type { CopyLoss } from './copyLoss.ts';

/** Partitions of one follower that may be named before this broker knows them. */
const HANDLES_MIN = 20_000;

export interface ReplicationConfig {
  /** A follower that is behind for longer leaves the ISR. */
  readonly replicaLagMsMax: number;
  /** Of batches on the way to this broker, per stream. */
  readonly fetchCreditBytes: number;
  /** Of all catch-up lanes together; 0: no limit. */
  readonly catchupBytesPerSecondMax?: number;
}

export interface ReplicationParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Pick<PeerTransport, 'follow'>;
  readonly directory: LogDirectory;
  /** The peer-data address of a live broker, from the metadata. */
  readonly addressOf: (brokerId: BrokerId) => PeerAddress | undefined;
  /** Sends to the controller; resolves in order; rejects when the outcome is unknown (rule 5). */
  readonly propose: (changes: readonly IsrProposal[]) => Promise<readonly ProposalAnswer[]>;
  /** The owner removes the partition, mints the copy anew (log/copies/copyReset.ts), adds its new partition. Called once. */
  readonly onCopyLost: (partition: Partition, why: CopyLoss) => void;
  /** Of this broker, which leads it, the copy is damaged: the controller has to elect another one and drop this (rule 12). */
  readonly onDamaged: (partition: Partition) => void;
  readonly config: ReplicationConfig;
  readonly rulesOff?: ReplicationRulesOff;
}

export class Replication {
  /** For the partitions that the owner makes. */
  readonly host: PartitionHost;
  readonly #parts: ReplicationParts;
  readonly #members = new Map<string, ReplicaMember>();
  readonly #following: Following;
  readonly #proposals: IsrProposals;
  readonly #damaged: DamagedCopies;
  readonly #streams = new Set<LeaderStream>();
  #timer: TimerHandle | undefined;
  #isStopped = false;

  constructor(parts: ReplicationParts) {
    this.#parts = parts;
    const { brokerId, bootId, clusterId, clock, random, logger, directory, config } = parts;
    const rulesOff = parts.rulesOff ?? allReplicationRules;
    const { replicaLagMsMax, fetchCreditBytes: creditBytes } = config;
    const { catchupBytesPerSecondMax: paceMax = 0 } = config;
    const host = { brokerId, bootId, clock, logger, directory, replicaLagMsMax, rulesOff };
    this.host = host;
    const { transport, addressOf, onCopyLost, onDamaged, propose } = parts;
    this.#following = new Following({
      host,
      clusterId,
      random,
      transport,
      creditBytes,
      pace: paceMax > 0 ? new CatchupPace(clock, paceMax) : undefined,
      addressOf,
      onCopyLost,
    });
    this.#proposals = new IsrProposals({ clock, logger, propose });
    this.#damaged = new DamagedCopies({ clock, logger, onDamaged, onCopyLost });
    this.#checkLater();
  }

  /** Follows and is followed from now on, in the role that it has or is given. */
  add(partition: Partition): void {
    if (this.#isStopped) return;
    const key = keyOf(partition);
    const before = this.#members.get(key);
    if (before !== undefined) this.remove(before.partition);
    const member = new ReplicaMember(partition, this.#following, this.#proposals);
    this.#members.set(key, member);
    partition.link = member;
    member.stateChanged();
  }

  remove(partition: Partition): void {
    const key = keyOf(partition);
    const member = this.#members.get(key);
    if (member?.partition !== partition) return;
    this.#members.delete(key);
    partition.link = undefined;
    this.#proposals.forget(partition);
    this.#damaged.forget(partition);
    member.close();
  }

  /** Its streams follow it through its link. Calls onCopyLost if another one leads a partition whose copy is damaged. */
  apply(partition: Partition, status: PartitionStatus): void {
    const outcome = partition.applyStatus(status);
    if (outcome === 'applied') this.#damaged.changed(partition);
    if (outcome !== 'refused') return;
    const { leaderEpoch, epoch } = status;
    this.host.logger.error('a state of the cluster is older than what this copy has seen', {
      partition: partition.name,
      leaderEpoch,
      epoch,
    });
  }

  /** Addresses may have changed. */
  brokersChanged(): void {
    this.#following.brokersChanged();
  }

  /** Compaction has found the copy damaged (rule 12). */
  corrupt(partition: Partition, error: LogCorruptError): void {
    if (!this.#isStopped && partition.link !== undefined) this.#damaged.corrupt(partition, error);
  }

  serveFollow(peer: PeerStream<FollowResponse, FollowRequest>): void {
    if (this.#isStopped) {
      peer.close(millraceError('SHUTTING_DOWN', 'the broker stops'));
      return;
    }
    const stream = new LeaderStream(peer, {
      host: this.host,
      clusterId: this.#parts.clusterId,
      memberOf: (key) => this.#members.get(key),
      handlesMax: () => Math.max(HANDLES_MIN, this.#members.size * 2),
      onUnreadable: (partition, error) => this.#damaged.unreadable(partition, error),
      onClosed: (closed) => this.#streams.delete(closed),
    });
    this.#streams.add(stream);
  }

  /** Follows nobody and serves nobody any more; partitions keep their roles. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#proposals.stop();
    this.#damaged.stop();
    this.#following.stop();
    for (const stream of this.#streams) {
      stream.close(millraceError('SHUTTING_DOWN', 'the broker stops'));
    }
    return Promise.resolve();
  }

  #checkLater(): void {
    const { clock, config } = this.#parts;
    this.#timer = clock.setTimer(config.replicaLagMsMax / 4, () => {
      const nowMs = clock.monotonicMs();
      for (const { partition } of this.#members.values()) partition.checkFollowers(nowMs);
      this.#checkLater();
    });
  }
}

function keyOf({ identity }: Partition): string {
  return `${identity.topicId}/${identity.partition}`;
}
