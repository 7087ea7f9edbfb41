/** Whom a fault hits: found in what the brokers say of their cluster at this moment. */
import type { KeptBroker } from '../cluster/keptBroker.ts';
import { type FaultWorld, FaultSkipped } from './fault.ts';

export interface Target {
  readonly broker: KeptBroker;
  readonly why: string;
}

export type FindTarget = (world: FaultWorld) => Promise<Target>;

export const anyBroker: FindTarget = async ({ cluster, random }) => {
  const broker = random.pick(cluster.brokers);
  return { broker, why: `broker ${broker.brokerId}` };
};

export const leader: FindTarget = async (world) => {
  const { cluster, random } = world;
  const leaders = await cluster.view.leaders();
  const led = leaders.flatMap((brokerId, partition) => (brokerId < 0 ? [] : [partition]));
  if (led.length === 0) return anyBroker(world);
  const partition = random.pick(led);
  const brokerId = leaders[partition] ?? 0;
  return {
    broker: cluster.broker(brokerId),
    why: `broker ${brokerId}, leader of partition ${partition}`,
  };
};

export const controller: FindTarget = async (world) => {
  const brokerId = await world.cluster.view.controller();
  if (brokerId === undefined) return anyBroker(world);
  return { broker: world.cluster.broker(brokerId), why: `broker ${brokerId}, the controller` };
};

/** One whose data may be lost now. */
export const anyExpendable: FindTarget = async (world) => {
  const { cluster, damage } = world;
  if (damage.isOpen) throw new FaultSkipped('what was destroyed before is not in sync again');
  const { damagedBroker } = damage;
  if (damagedBroker === undefined) return anyBroker(world);
  return { broker: cluster.broker(damagedBroker), why: `broker ${damagedBroker}` };
};
