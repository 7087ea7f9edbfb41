/** What brokers are told to do with copies: create empty ones, report for a recovery (rule 9). In batches. */
import type { BrokerId } from '@millrace/core/ids';
import type { CreateCopy, SessionDown } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import type { Chunk } from './chunk.ts';
import type { OpenSession } from './member.ts';
import { partitionKey } from './recoveries.ts';
import type { Roster } from './roster.ts';

type ReportCopies = Extract<SessionDown, { kind: 'reportCopies' }>['copies'][number];

interface Orders {
  readonly create: CreateCopy[];
  readonly report: ReportCopies[];
}

export interface CopyOrdersParts {
  readonly clock: Clock;
  readonly roster: Roster;
  readonly controllerEpoch: number;
}

export class CopyOrders {
  readonly #parts: CopyOrdersParts;
  readonly #orders = new Map<OpenSession, Orders>();

  constructor(parts: CopyOrdersParts) {
    this.#parts = parts;
  }

  /** Each is told once per session, until it answers. */
  create(brokerId: BrokerId, chunk: Chunk, index: number): void {
    const session = this.#parts.roster.get(brokerId)?.session;
    const partition = chunk.first + index;
    const key = partitionKey(chunk.topicId, partition);
    if (session === undefined || session.creating.has(key)) return;
    session.creating.add(key);
    const { topicId, topicName, config } = chunk.object.spec;
    this.#ordersOf(session).create.push({ topicId, topicName, partition, config });
  }

  /** Likewise once per epoch. */
  report(brokerId: BrokerId, chunk: Chunk, index: number, epoch: number): void {
    const session = this.#parts.roster.get(brokerId)?.session;
    const partition = chunk.first + index;
    const key = partitionKey(chunk.topicId, partition);
    if (session === undefined || session.asked.get(key) === epoch) return;
    session.asked.set(key, epoch);
    this.#ordersOf(session).report.push({ topicId: chunk.topicId, partition, epoch });
  }

  #ordersOf(session: OpenSession): Orders {
    const known = this.#orders.get(session);
    if (known !== undefined) return known;
    const orders: Orders = { create: [], report: [] };
    if (this.#orders.size === 0) this.#parts.clock.soon(() => this.#send());
    this.#orders.set(session, orders);
    return orders;
  }

  #send(): void {
    const { controllerEpoch } = this.#parts;
    for (const [session, { create, report }] of this.#orders) {
      if (create.length > 0)
        session.send({ kind: 'createCopies', controllerEpoch, copies: create });
      if (report.length > 0)
        session.send({ kind: 'reportCopies', controllerEpoch, copies: report });
    }
    this.#orders.clear();
  }
}
