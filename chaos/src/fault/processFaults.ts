/** Faults of processes: killed, stopped, paused. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BeginFault } from './fault.ts';
import type { FindTarget } from './targets.ts';

export function kill(find: FindTarget): BeginFault {
  return async (world) => {
    const { broker, why } = await find(world);
    await broker.killAndHold();
    return { target: why, heal: async () => broker.letUp() };
  };
}

export const killAll: BeginFault = async ({ cluster: { brokers } }) => {
  await Promise.all(brokers.map((broker) => broker.killAndHold()));
  return {
    target: 'all brokers',
    heal: async () => {
      for (const broker of brokers) broker.letUp();
    },
  };
};

/** Recovery is interrupted, too, at any of its steps. */
export function killStorm(find: FindTarget): BeginFault {
  return async (world) => {
    const { broker, why } = await find(world);
    let healing = false;
    const storm = (async () => {
      while (!healing) {
        await broker.killAndHold();
        broker.letUp();
        await delay(world.random.between(50, 700));
      }
    })();
    const heal = async (): Promise<void> => {
      healing = true;
      await storm;
    };
    return { target: why, heal };
  };
}

export function restart(find: FindTarget): BeginFault {
  return async (world) => {
    const { broker, why } = await find(world);
    const exit = await broker.stopAndHold();
    const how = exit === undefined ? 'it was down' : `ended with ${exit.signal ?? exit.code}`;
    return { target: `${why} (${how})`, heal: async () => broker.letUp() };
  };
}

export function pause(find: FindTarget): BeginFault {
  return async (world) => {
    const { broker, why } = await find(world);
    broker.pause();
    return { target: why, heal: async () => broker.resume() };
  };
}
