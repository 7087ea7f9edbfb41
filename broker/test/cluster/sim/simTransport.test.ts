import assert from 'node:assert/strict';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { peerTransportConformance } from '../../peer/peerTransportConformance.ts';
import { SimNetwork } from './simNetwork.ts';
import { SimTransport } from './simTransport.ts';

peerTransportConformance('the simulated network', async (service) => {
  const random = new SeededRandom(1);
  const scheduler = new SimScheduler(random.fork());
  const network = new SimNetwork(scheduler, random.fork());
  const server = new SimProcess(scheduler);
  const peer = { host: 'b0', port: 1 };
  network.listen(server, peer, service);
  return {
    transport: new SimTransport(network, new SimProcess(scheduler), 'b1'),
    peer,
    peerData: peer,
    nobody: { host: 'b0', port: 2 },
    until: async (condition, what) => {
      assert.ok(await scheduler.runUntil(condition, 5_000_000), what);
    },
    settle: () => scheduler.runFor(1000),
    kill: async () => server.kill(),
  };
});
