/** One broker as the controller's sessions know it, from its first registration, or from the store at takeover. */
import type { BootId, BrokerId } from '@millrace/core/ids';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import type { SessionDown } from '../cluster/sessionMessages.ts';
import { CopyTable } from './copyTable.ts';

/** A registered session, as the rest of the controller uses it. */
export interface OpenSession {
  readonly bootId: BootId;
  /** False: congested, until the publisher hears that it drained. */
  send(message: SessionDown): boolean;
  /** What the broker was told to create, by `<topicId>/<partition>`. */
  readonly creating: Set<string>;
  /** What it was told to report, likewise, and for which epoch. */
  readonly asked: Map<string, number>;
}

export interface MemberStatus {
  readonly bootId: BootId;
  readonly rack: string;
  readonly endpoints: readonly Endpoint[];
  readonly features: FeatureRange;
}

/** Boots that were superseded and may still knock. */
const SUPERSEDED_MAX = 16;

export class Member {
  readonly brokerId: BrokerId;
  state: 'live' | 'silent' | 'dead' = 'silent';
  /** Undefined: known from assignments alone. */
  status: MemberStatus | undefined;
  session: OpenSession | undefined;
  copies = new CopyTable();
  /** By the controller's monotonic clock. */
  lastHeardMs: number;
  /** A clean shutdown is under way. */
  stopping = false;
  /** Until then it leads nothing new: somebody prepares to stop it. */
  avoidedUntilMs = 0;
  readonly #superseded: BootId[] = [];

  constructor(brokerId: BrokerId, nowMs: number) {
    this.brokerId = brokerId;
    this.lastHeardMs = nowMs;
  }

  get peerAddress(): PeerAddress | undefined {
    const peer = this.status?.endpoints.find(({ listener }) => listener === 'peer');
    return peer === undefined ? undefined : { host: peer.host, port: peer.port };
  }

  isSuperseded(bootId: BootId): boolean {
    return this.#superseded.includes(bootId);
  }

  supersede(bootId: BootId): void {
    this.#superseded.push(bootId);
    if (this.#superseded.length > SUPERSEDED_MAX) this.#superseded.shift();
  }
}
