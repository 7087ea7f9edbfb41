/** Whether a process listens at an address: what the controller asks when a session broke (safety.md, rule 27). */
import { connect } from 'node:net';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import type { Clock } from '../io/clock.ts';

export type ProbeResult = 'accepted' | 'refused' | 'silent';

/** `refused` only if the host itself says that nobody listens; whatever else goes wrong proves nothing: `silent`. */
export function probeAddress(
  clock: Clock,
  { host, port }: PeerAddress,
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (result: ProbeResult): void => {
      timer.cancel();
      socket.destroy();
      resolve(result);
    };
    const timer = clock.setTimer(timeoutMs, () => done('silent'));
    socket.once('connect', () => done('accepted'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNREFUSED' ? 'refused' : 'silent'),
    );
  });
}
