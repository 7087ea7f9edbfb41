/** How a broker comes into its cluster and leaves it: when a boot may say that it serves, and when a stop may go on. */
import type { BootId, BrokerId } from '@millrace/core/ids';
import { brokerOf, copyName } from '@millrace/core/resources/partitionAssignment';
import type { BrokerSession } from '../cluster/brokerSession.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { EngineRulesOff } from './engineRules.ts';
import type { LocalReplicas } from './localReplicas.ts';

/** How long a boot waits for leaders of the partitions that this broker could lead. */
const READY_MS_MAX = 10_000;
const READY_CHECK_MS = 5;
/** While the store is out: a controller that lives tells more than the cached image. */
const IMAGE_MS_MIN = 1000;
/** How long a stop waits for other brokers to take what this one leads. */
const HAND_OVER_MS_MAX = 30_000;

export interface MembershipParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly session: BrokerSession;
  readonly replicas: LocalReplicas;
  readonly isStoreOut: () => boolean;
  /** False: there is none. */
  readonly useCachedImage: () => boolean;
  /** False: the broker stops, or its disk has failed. */
  readonly isWanted: () => boolean;
  readonly rulesOff: EngineRulesOff;
}

export class Membership {
  readonly #parts: MembershipParts;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  /** Resolves when the broker serves what it can. */
  async begin(): Promise<void> {
    const { clock, logger, session, isWanted, isStoreOut, useCachedImage, rulesOff } = this.#parts;
    const startedMs = clock.monotonicMs();
    while (isWanted() && !this.#hasLeaders()) {
      const waitedMs = clock.monotonicMs() - startedMs;
      if (waitedMs >= READY_MS_MAX && session.established) {
        logger.warn('partitions of this broker are still without a leader');
        return;
      }
      const isCutOff = waitedMs >= IMAGE_MS_MIN && isStoreOut() && !session.established;
      if (isCutOff && !rulesOff.has('boot-from-image') && useCachedImage()) return;
      await this.#pause();
    }
  }

  /** Resolves when other brokers have taken over what can go on without this one, or do not in time. */
  async handOver(): Promise<void> {
    const { clock, logger, session, isWanted } = this.#parts;
    if (!session.established || !this.#isNeeded()) return;
    session.send({ kind: 'stopping' });
    const deadlineMs = clock.monotonicMs() + HAND_OVER_MS_MAX;
    while (this.#isNeeded() && session.established && isWanted()) {
      if (clock.monotonicMs() >= deadlineMs) {
        logger.warn('other brokers did not take over in time');
        return;
      }
      await this.#pause();
    }
  }

  /** Some partition has this broker in an ISR that could go on without it. */
  #isNeeded(): boolean {
    const { replicas, brokerId } = this.#parts;
    for (const { status, log } of replicas.all()) {
      if (status === undefined || status.isr.length < 2) continue;
      if (status.isr.includes(copyName(brokerId, log.copyId))) return true;
    }
    return false;
  }

  /** Of every partition whose ISR this broker's copy is in; an earlier boot of this broker does not count (rule 6). */
  #hasLeaders(): boolean {
    const { replicas, brokerId, bootId, session } = this.#parts;
    if (!session.established) return false;
    for (const { status, log } of replicas.all()) {
      if (status === undefined) return false;
      const name = copyName(brokerId, log.copyId);
      if (!status.isr.includes(name)) continue;
      if (status.leader === null) return false;
      const isOwn = brokerOf(status.leader) === brokerId;
      if (isOwn && status.leader !== `${name}:${bootId}`) return false;
    }
    return true;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.setTimer(READY_CHECK_MS, resolve));
  }
}
