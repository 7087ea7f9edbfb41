/** Faults of the network: what is sent is lost without a word. */
import type { ChaosCluster } from '../cluster/chaosCluster.ts';
import { CLIENTS } from '../network/network.ts';
import type { SeededRandom } from '../seededRandom.ts';
import { type BeginFault, FaultSkipped, type OpenFault } from './fault.ts';

type Link = readonly [from: number, to: number];

export const cutLink: BeginFault = async ({ cluster, random }) => {
  const [one, other] = twoBrokers(cluster, random);
  return cut(cluster, `brokers ${one} and ${other}`, both(one, other));
};

export const cutOneWay: BeginFault = async ({ cluster, random }) => {
  const [from, to] = twoBrokers(cluster, random);
  return cut(cluster, `from broker ${from} to broker ${to}`, [[from, to]]);
};

export const isolate: BeginFault = async ({ cluster, random }) => {
  const { brokerId } = random.pick(cluster.brokers);
  return cut(cluster, `broker ${brokerId}`, peersOf(cluster, brokerId));
};

export const unplug: BeginFault = async ({ cluster, random }) => {
  const { brokerId } = random.pick(cluster.brokers);
  const links = [...peersOf(cluster, brokerId), ...both(CLIENTS, brokerId)];
  return cut(cluster, `broker ${brokerId}`, links);
};

export const cutClients: BeginFault = async ({ cluster, random }) => {
  const { brokerId } = random.pick(cluster.brokers);
  return cut(cluster, `broker ${brokerId}`, both(CLIENTS, brokerId));
};

function cut({ network }: ChaosCluster, target: string, links: readonly Link[]): OpenFault {
  for (const [from, to] of links) network.block(from, to);
  return {
    target,
    heal: async () => {
      for (const [from, to] of links) network.unblock(from, to);
    },
  };
}

function both(one: number, other: number): Link[] {
  return [
    [one, other],
    [other, one],
  ];
}

function peersOf({ brokers }: ChaosCluster, brokerId: number): Link[] {
  return brokers.flatMap((peer) =>
    peer.brokerId === brokerId ? [] : both(brokerId, peer.brokerId),
  );
}

function twoBrokers({ brokers }: ChaosCluster, random: SeededRandom): [number, number] {
  if (brokers.length < 2) throw new FaultSkipped('there is only one broker');
  const one = random.below(brokers.length);
  const other = (one + random.between(1, brokers.length - 1)) % brokers.length;
  return [one, other];
}
