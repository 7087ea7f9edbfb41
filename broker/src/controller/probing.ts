/** Proof that a process is dead: its port refuses two connections, 100 ms apart (safety.md, rule 27). */
import type { PeerAddress, PeerTransport } from '../cluster/peerTransport.ts';
import type { Clock } from '../io/clock.ts';

export const PROBE_INTERVAL_MS = 100;
const PROBE_TIMEOUT_MS = 1000;
/** After so many looks they become rarer. */
const QUICK_PROBES = 20;
const SLOW_INTERVAL_MS = 500;

export interface ProbingParts {
  readonly clock: Clock;
  readonly transport: Pick<PeerTransport, 'probe'>;
}

/** True once it is proven; false once `wanted` says no, or after `looksMax`. Never rejects. */
export async function provenDead(
  parts: ProbingParts,
  address: PeerAddress,
  wanted: () => boolean,
  looksMax = Infinity,
): Promise<boolean> {
  let refused = 0;
  for (let looks = 0; looks < looksMax && wanted(); looks += 1) {
    const found = await parts.transport
      .probe(address, PROBE_TIMEOUT_MS)
      .catch(() => 'silent' as const);
    refused = found === 'refused' ? refused + 1 : 0;
    if (!wanted()) return false;
    if (refused >= 2) return true;
    await pause(parts.clock, looks < QUICK_PROBES ? PROBE_INTERVAL_MS : SLOW_INTERVAL_MS);
  }
  return false;
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}
