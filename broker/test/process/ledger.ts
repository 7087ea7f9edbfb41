/**
 * What is known of one partition from acknowledgements and from readers: an offset never holds two records, a record
 * never has two offsets, whoever says so and whenever.
 */
import assert from 'node:assert/strict';
import type { RecordIdentity } from './uniqueRecord.ts';

export interface FoundRecord {
  readonly record: RecordIdentity;
  readonly offset: number;
}

export interface LedgerSnapshot {
  readonly acknowledged: readonly string[];
  readonly seenEnd: number;
}

export class PartitionLedger {
  readonly name: string;
  readonly #byOffset = new Map<number, string>();
  readonly #offsets = new Map<string, number>();
  readonly #acknowledged = new Set<string>();
  readonly #unknown = new Set<string>();
  /** One past the highest offset that a consumer was shown. */
  seenEnd = 0;

  constructor(name: string) {
    this.name = name;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  acknowledge(record: RecordIdentity, offset: number): void {
    const id = idOf(record);
    assert.ok(!this.#acknowledged.has(id), `${this.name}: ${id} acknowledged twice`);
    this.#claim(id, offset, 'acknowledged');
    this.#acknowledged.add(id);
  }

  /** Sent, and it may be in the log all the same. */
  leaveOpen(record: RecordIdentity): void {
    this.#unknown.add(idOf(record));
  }

  see(record: RecordIdentity, offset: number): void {
    this.#claim(idOf(record), offset, 'read');
    this.seenEnd = Math.max(this.seenEnd, offset + 1);
  }

  /** What a reading of the whole log that begins now has to hold. */
  snapshot(): LedgerSnapshot {
    return { acknowledged: [...this.#acknowledged], seenEnd: this.seenEnd };
  }

  /** `records` is the whole log, in order: all that `promised` names is in it, and all of it in the order of sending. */
  check(records: readonly FoundRecord[], promised: LedgerSnapshot): void {
    const lastSequences = new Map<string, number>();
    let next = 0;
    for (const { record, offset } of records) {
      assert.equal(offset, next, `${this.name}: a gap before offset ${offset}`);
      next = offset + 1;
      this.#claim(idOf(record), offset, 'read');
      const last = lastSequences.get(record.writer) ?? -1;
      assert.ok(
        record.sequence > last,
        `${this.name}@${offset}: ${idOf(record)} after ${record.writer}:${last}`,
      );
      lastSequences.set(record.writer, record.sequence);
    }
    for (const id of promised.acknowledged) {
      const offset = this.#offsets.get(id) ?? Number.POSITIVE_INFINITY;
      assert.ok(
        offset < next,
        `${this.name}: ${id}, acknowledged at ${offset}, is lost: ends at ${next}`,
      );
    }
    assert.ok(
      next >= promised.seenEnd,
      `${this.name} ends at ${next}; a consumer had seen it up to ${promised.seenEnd}`,
    );
  }

  /** Once nothing is in flight any more: what was refused as not applied is nowhere. */
  checkRefused(): void {
    for (const id of this.#offsets.keys()) {
      const known = this.#acknowledged.has(id) || this.#unknown.has(id);
      assert.ok(known, `${this.name}: ${id} was refused and is there all the same`);
    }
  }

  #claim(id: string, offset: number, how: string): void {
    const there = this.#byOffset.get(offset);
    assert.ok(
      there === undefined || there === id,
      `${this.name}@${offset}: ${id} ${how} where ${there} was`,
    );
    const known = this.#offsets.get(id);
    assert.ok(
      known === undefined || known === offset,
      `${this.name}: ${id} ${how} at ${offset}, before at ${known}`,
    );
    this.#byOffset.set(offset, id);
    this.#offsets.set(id, offset);
  }
}

function idOf({ writer, sequence }: RecordIdentity): string {
  return `${writer}:${sequence}`;
}
