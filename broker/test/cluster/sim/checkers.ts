/**
 * What must hold of a history (safety.md, Real processes): each checker is pure and says what is wrong, in words.
 * Records whose topic was deleted are no part of what is checked.
 */
import type { FinalLog, History, Observed, PartitionKey, Produced } from './history.ts';

export type Checker = (history: History) => string[];

/** Acknowledged by all and not there in the end. */
export const lostWrites: Checker = ({ produced, finals }) => {
  const problems: string[] = [];
  for (const record of produced) {
    if (record.outcome !== 'acknowledged' || record.acks !== 'all') continue;
    for (const log of leadersOf(finals, record.partition)) {
      if (record.offset < log.start) continue;
      const found = log.records.get(record.offset);
      if (found === record.value) continue;
      problems.push(`lost: ${told(record)}; ${found ?? 'nothing'} is there on ${log.broker}`);
    }
  }
  return problems;
};

/** One offset, two values, each acknowledged by all or seen. */
export const inconsistentOffsets: Checker = ({ produced, observed }) => {
  const problems: string[] = [];
  const values = new Map<string, string>();
  const note = (partition: PartitionKey, offset: number, value: string, how: string): void => {
    const at = `${partition}@${offset}`;
    const known = values.get(at);
    if (known === undefined) values.set(at, value);
    else if (known !== value) problems.push(`inconsistent: ${at} is ${known}, and ${how} ${value}`);
  };
  for (const { partition, offset, value, outcome, acks } of produced) {
    if (outcome === 'acknowledged' && acks === 'all')
      note(partition, offset, value, 'acknowledged');
  }
  for (const { partition, offset, value, reader } of observed) {
    note(partition, offset, value, `${reader} saw`);
  }
  return problems;
};

/** One value, two offsets. */
export const duplicates: Checker = ({ observed, finals }) => {
  const problems: string[] = [];
  const offsets = new Map<string, number>();
  const note = (value: string, offset: number, how: string): void => {
    const known = offsets.get(value);
    if (known === undefined) offsets.set(value, offset);
    else if (known !== offset) problems.push(`duplicate: ${value} at ${known}, ${how} ${offset}`);
  };
  for (const { value, offset, reader } of observed) note(value, offset, `${reader} saw it at`);
  for (const { records, broker } of finals) {
    for (const [offset, value] of records) note(value, offset, `${broker} has it at`);
  }
  return problems;
};

/** Seen or there in the end, and never sent, or refused. */
export const phantoms: Checker = ({ produced, observed, finals }) => {
  const sent = new Map(produced.map((record) => [record.value, record]));
  const problems: string[] = [];
  const note = (value: string, where: string): void => {
    const record = sent.get(value);
    if (record === undefined) problems.push(`phantom: ${value} ${where} was never sent`);
    else if (record.outcome === 'not-applied') problems.push(`phantom: ${told(record)}, ${where}`);
  };
  for (const { value, offset, reader } of observed) note(value, `seen at ${offset} by ${reader}`);
  for (const { records, broker } of finals) {
    for (const [offset, value] of records) note(value, `at ${offset} on ${broker}`);
  }
  return problems;
};

/** Seen by a reader and not there in the end: it was never committed, or it was lost. */
export const vanished: Checker = ({ observed, finals }) => {
  const problems: string[] = [];
  for (const seen of observed) {
    for (const log of leadersOf(finals, seen.partition)) {
      if (seen.offset < log.start || log.records.get(seen.offset) === seen.value) continue;
      const found = log.records.get(seen.offset) ?? 'nothing';
      problems.push(`vanished: ${toldSeen(seen)}; ${found} is there`);
    }
  }
  return problems;
};

/** What one producer sent in order lies in order; and what was acknowledged before another was sent lies before it. */
export const reordered: Checker = ({ produced, finals }) => {
  const sent = new Map(produced.map((record) => [record.value, record]));
  const problems: string[] = [];
  for (const { records, partition } of finals.filter(({ isLeader }) => isLeader)) {
    const latest = new Map<string, Produced>();
    let settledMs = 0;
    for (const [, value] of [...records].sort(([one], [other]) => other - one)) {
      // From the end on: nothing may have been settled before what lies behind it was sent.
      const record = sent.get(value);
      if (record === undefined) continue;
      const next = latest.get(record.producer);
      if (next !== undefined && next.number < record.number) {
        problems.push(`reordered: ${record.value} lies before ${next.value} in ${partition}`);
      }
      latest.set(record.producer, record);
      if (settledMs > 0 && record.sentMs > settledMs) {
        problems.push(`reordered: ${told(record)} was sent after one that lies behind it`);
      }
      if (record.outcome === 'acknowledged' && record.acks === 'all') {
        settledMs = settledMs === 0 ? record.settledMs : Math.min(settledMs, record.settledMs);
      }
    }
  }
  return problems;
};

/** Replicas differ over what both have below both high watermarks. */
export const differingReplicas: Checker = ({ finals }) => {
  const problems: string[] = [];
  for (const leader of finals.filter(({ isLeader }) => isLeader)) {
    for (const other of finals) {
      if (other.partition !== leader.partition || other === leader) continue;
      const from = Math.max(leader.start, other.start);
      const to = Math.min(leader.highWatermark, other.highWatermark);
      for (let offset = from; offset < to; offset++) {
        const [wanted, found] = [leader.records.get(offset), other.records.get(offset)];
        if (wanted === found) continue;
        problems.push(
          `differing: ${leader.partition}@${offset} is ${wanted} on ${leader.broker}, ${found} on ${other.broker}`,
        );
        break;
      }
    }
  }
  return problems;
};

/** A reader goes back, or passes over what is there. */
export const pollSkips: Checker = ({ observed, finals, jumps }) => {
  const problems: string[] = [];
  const positions = new Map<string, number>();
  for (const { reader, partition, offset } of observed) {
    const key = `${reader} ${partition}`;
    const before = positions.get(key);
    positions.set(key, offset);
    if (before === undefined) continue;
    if (offset <= before) problems.push(`skip: ${reader} is at ${offset} after ${before}`);
    if (jumps.some((jump) => jump.reader === reader && jump.partition === partition)) continue;
    for (const { records, start } of leadersOf(finals, partition)) {
      for (let between = Math.max(before + 1, start); between < offset; between++) {
        if (records.has(between)) {
          problems.push(`skip: ${reader} went from ${before} to ${offset}, over ${between}`);
        }
      }
    }
  }
  return problems;
};

export const checkers = {
  lostWrites,
  inconsistentOffsets,
  duplicates,
  phantoms,
  vanished,
  reordered,
  differingReplicas,
  pollSkips,
} as const satisfies Record<string, Checker>;

function leadersOf(finals: readonly FinalLog[], partition: PartitionKey): FinalLog[] {
  return finals.filter((log) => log.isLeader && log.partition === partition);
}

function told({ value, partition, outcome, acks, offset, leaderEpoch }: Produced): string {
  const where =
    outcome === 'acknowledged' ? ` at ${partition}@${offset}, epoch ${leaderEpoch}` : '';
  return `${value}, acks ${acks}, ${outcome}${where}`;
}

function toldSeen({ value, partition, offset, reader, broker, atMs }: Observed): string {
  return `${value} at ${partition}@${offset}, seen by ${reader} on ${broker} at ${atMs.toFixed(0)} ms`;
}
