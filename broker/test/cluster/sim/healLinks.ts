import { noNetworkFaults } from './simNetwork.ts';
import { noStoreFaults } from './simStore.ts';
import type { TroubleScene } from './trouble.ts';

/** Everybody reaches everybody, and the store. */
export function healLinks({ world: { network, store }, hosts }: TroubleScene): void {
  network.faults = noNetworkFaults;
  store.faults = noStoreFaults;
  store.outage = false;
  for (const from of hosts) {
    store.reconnect(from);
    for (const to of hosts) {
      network.unblock(from, to);
      network.slowDown(from, to, 0);
    }
  }
}
