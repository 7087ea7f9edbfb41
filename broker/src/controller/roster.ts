/**
 * Who is there: every broker of the cluster, live, silent or dead, by the sessions of this controller (safety.md, rules
 * 6 and 27). Silence is measured by the own monotonic clock from the last drain of the own sockets, so that a stall of
 * the controller is nobody's silence. A verdict changes nothing until the store has what follows from it.
 */
import type { BootId, BrokerId } from '@millrace/core/ids';
import type { PeerTransport } from '../cluster/peerTransport.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { Member, type MemberStatus, type OpenSession } from './member.ts';
import { provenDead } from './probing.ts';

const TICK_MS = 250;
/** Of the own event loop; below it a late timer says nothing. */
const LAG_MS_MAX = 1000;

export interface RosterParts {
  readonly self: BrokerId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transport: Pick<PeerTransport, 'probe'>;
  readonly sessionTimeoutMs: number;
  /** This controller has given up the lease for a silent majority before: now it fences. */
  readonly fencesMajority: boolean;
  readonly rulesOff: ControllerRulesOff;
  /** Silent or dead now. `expired`: the session that it had until then, which nobody has ended yet. */
  readonly onChanged: (member: Member, expired: OpenSession | undefined) => void;
  /** More than half are silent at once: it is this controller that is cut off. */
  readonly onSilentMajority: () => void;
  /** About every quarter second. */
  readonly onTick: () => void;
}

export class Roster {
  readonly #parts: RosterParts;
  readonly #members = new Map<BrokerId, Member>();
  readonly #probed = new Set<BrokerId>();
  #timer: TimerHandle | undefined;
  #tickDueMs: number;
  #closed = false;

  constructor(parts: RosterParts) {
    this.#parts = parts;
    this.#tickDueMs = parts.clock.monotonicMs() + TICK_MS;
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  all(): Iterable<Member> {
    return this.#members.values();
  }

  get(brokerId: BrokerId): Member | undefined {
    return this.#members.get(brokerId);
  }

  /** At takeover: presumed to be there until the session timeout, unless it is fenced or proven dead. */
  presume(brokerId: BrokerId, status: MemberStatus | undefined, state: 'silent' | 'dead'): void {
    const member = this.#memberOf(brokerId);
    member.status = status;
    member.state = state;
    if (state === 'silent') this.#probe(member);
  }

  /** The process is known to be dead: it held the lease, and its port refused. */
  knownDead(brokerId: BrokerId, bootId: BootId): void {
    const member = this.#members.get(brokerId);
    if (member?.status?.bootId === bootId) this.#bury(member, 'its process is gone');
  }

  /** False: this boot was superseded by a newer one and may not come back. */
  mayRegister(brokerId: BrokerId, bootId: BootId): boolean {
    if (this.#parts.rulesOff.has('newest-boot-wins')) return true;
    return this.#members.get(brokerId)?.isSuperseded(bootId) !== true;
  }

  /** Of a complete registration. What it replaced, to be told and closed. */
  register(
    brokerId: BrokerId,
    status: MemberStatus,
    session: OpenSession,
  ): OpenSession | undefined {
    const member = this.#memberOf(brokerId);
    const before = member.session;
    const olderBoot = member.status?.bootId;
    if (olderBoot !== undefined && olderBoot !== status.bootId) member.supersede(olderBoot);
    member.status = status;
    member.session = session;
    member.state = 'live';
    member.stopping = false;
    if (olderBoot !== status.bootId) member.avoidedUntilMs = 0;
    member.lastHeardMs = this.#parts.clock.monotonicMs();
    return before;
  }

  heard(brokerId: BrokerId, session: OpenSession): void {
    const member = this.#members.get(brokerId);
    if (member?.session === session) member.lastHeardMs = this.#parts.clock.monotonicMs();
  }

  /** Its session broke. Dead at once if nothing listens where it did, else when it has been silent for too long. */
  lost(brokerId: BrokerId, session: OpenSession): void {
    const member = this.#members.get(brokerId);
    if (member === undefined || member.session !== session) return;
    member.session = undefined;
    member.state = 'silent';
    this.#parts.onChanged(member, undefined);
    this.#probe(member);
  }

  #memberOf(brokerId: BrokerId): Member {
    const known = this.#members.get(brokerId);
    if (known !== undefined) return known;
    const member = new Member(brokerId, this.#parts.clock.monotonicMs());
    this.#members.set(brokerId, member);
    return member;
  }

  #probe(member: Member): void {
    const address = member.peerAddress;
    const boot = member.status?.bootId;
    if (address === undefined || this.#probed.has(member.brokerId)) return;
    this.#probed.add(member.brokerId);
    const wanted = () =>
      !this.#closed && member.state === 'silent' && member.status?.bootId === boot;
    const probing = provenDead(this.#parts, address, wanted).then((dead) => {
      this.#probed.delete(member.brokerId);
      if (dead) this.#bury(member, 'its process is gone');
      // Another boot broke its session meanwhile: that one is looked for anew.
      else if (!this.#closed && member.state === 'silent') this.#probe(member);
    });
    probing.catch((error: unknown) => {
      this.#parts.logger.error('a probe failed', { cause: String(error) });
    });
  }

  #bury(member: Member, why: string): void {
    if (member.state === 'dead') return;
    const { brokerId } = member;
    this.#parts.logger.warn('a broker is lost', { brokerId, why });
    const expired = member.session;
    member.state = 'dead';
    member.session = undefined;
    this.#parts.onChanged(member, expired);
  }

  #arm(): void {
    const { clock } = this.#parts;
    this.#timer = clock.setTimer(this.#tickDueMs - clock.monotonicMs(), () => this.#tick());
  }

  #tick(): void {
    const { clock, rulesOff } = this.#parts;
    const nowMs = clock.monotonicMs();
    const lagMs = nowMs - this.#tickDueMs;
    this.#tickDueMs = nowMs + TICK_MS;
    this.#arm();
    if (rulesOff.has('silence-since-drain')) {
      this.#expire(nowMs);
      return;
    }
    if (lagMs > LAG_MS_MAX) {
      for (const member of this.#members.values()) member.lastHeardMs += lagMs;
    }
    // What had arrived before now is read first: twice, as the first may run before the sockets are polled.
    clock.soon(() => clock.soon(() => this.#expire(nowMs)));
  }

  #expire(drainedMs: number): void {
    if (this.#closed) return;
    const { sessionTimeoutMs, self, fencesMajority, rulesOff } = this.#parts;
    const there = [...this.#members.values()].filter(({ state }) => state !== 'dead');
    const silentFor = (ms: number): Member[] =>
      there.filter(
        ({ brokerId, lastHeardMs }) => brokerId !== self && drainedMs - lastHeardMs > ms,
      );
    const expired = silentFor(sessionTimeoutMs);
    // At once: the heartbeats of those that are cut off together did not end at the same moment.
    const majority =
      expired.length > 0 && silentFor(sessionTimeoutMs / 2).length > there.length / 2;
    if (majority && !fencesMajority && !rulesOff.has('silent-majority')) {
      this.#parts.onSilentMajority();
      return;
    }
    for (const member of expired) this.#bury(member, 'it is silent');
    if (!this.#closed) this.#parts.onTick();
  }
}
