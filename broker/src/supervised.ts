/** A broker's side of its supervisor: tells when it serves, and learns when nobody watches over it any more. */
import type { ListenerPorts } from './supervisedBroker.ts';

export interface Supervision {
  /** Resolves when it is. */
  readonly gone: Promise<void>;
  /** Where the broker listens, once it serves. */
  ready(brokerId: number, ports: ListenerPorts): void;
}

export function watchSupervisor(): Supervision {
  // Lines for a supervisor that is gone are lost; they must not end the broker before it has stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    if (!process.connected) resolve();
  });
  return {
    gone,
    ready: (brokerId, ports) => {
      if (process.connected) process.send?.({ event: 'ready', brokerId, ports });
    },
  };
}
