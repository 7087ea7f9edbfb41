import { setTimeout as sleep } from 'node:timers/promises';
import type { SwarmMember } from './swarmMember.ts';

const TICK_MS = 10;
/** On their way: past it the rate is not reached, and the figure says so. */
const IN_FLIGHT_MAX = 5000;

export interface CommitFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Members in turn, one partition each, evenly over time; latency counts from when a commit was due. */
export async function commitAtRate(
  members: readonly SwarmMember[],
  perSecond: number,
  seconds: number,
): Promise<CommitFigures> {
  const latenciesMs: number[] = [];
  const fromMs = performance.now();
  let sent = 0;
  let failed = 0;
  let inFlight = 0;
  const send = async (member: SwarmMember, dueMs: number): Promise<void> => {
    inFlight += 1;
    try {
      if (await member.commit()) latenciesMs.push(performance.now() - dueMs);
      else failed += 1;
    } catch {
      failed += 1;
    } finally {
      inFlight -= 1;
    }
  };
  while (performance.now() - fromMs < seconds * 1000) {
    const due = ((performance.now() - fromMs) / 1000) * perSecond;
    while (sent < due && inFlight < IN_FLIGHT_MAX) {
      const member = members[sent % members.length];
      if (member !== undefined) void send(member, fromMs + (sent / perSecond) * 1000);
      sent += 1;
    }
    await sleep(TICK_MS);
  }
  const elapsed = (performance.now() - fromMs) / 1000;
  const answered = latenciesMs.length;
  while (inFlight > 0) await sleep(TICK_MS);
  latenciesMs.sort((left, right) => left - right);
  const at = (share: number): number =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? 0;
  return { perSecond: answered / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}
