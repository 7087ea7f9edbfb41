import { pick } from '../../log/sim/simWorld.ts';
import { noNetworkFaults } from './simNetwork.ts';
import type { Trouble, TroubleScene } from './trouble.ts';

export const isolation: Trouble = (scene) => {
  const { host } = scene.one();
  const others = scene.hosts.filter((other) => other !== host);
  block(
    scene,
    others.flatMap((other) => [[other, host] as const, [host, other] as const]),
  );
};

/** Brokers see each other no more, clients see all. */
const brokersApart: Trouble = (scene) => {
  const { host } = scene.one();
  const others = scene.victims.machines.filter((machine) => machine.host !== host);
  block(
    scene,
    others.flatMap((other) => [[other.host, host] as const, [host, other.host] as const]),
  );
};

const oneWay: Trouble = (scene) => block(scene, [scene.link()]);

const pair: Trouble = (scene) => {
  const [from, to] = scene.link();
  block(scene, [
    [from, to],
    [to, from],
  ]);
};

const slowLink: Trouble = (scene) => {
  const [from, to] = scene.link();
  const { network } = scene.world;
  const ms = pick(scene.random, [20, 200, 1000]);
  scene.note(`${from} to ${to} takes ${ms} ms more`);
  network.slowDown(from, to, ms);
  scene.after(scene.lastingMs(), () => network.slowDown(from, to, 0));
};

const brokenStreams: Trouble = (scene) => {
  scene.note('connections break');
  scene.world.network.breakSome(scene.random.float());
};

const unreliable: Trouble = (scene) => {
  const { network } = scene.world;
  const share = pick(scene.random, [0.001, 0.01, 0.05]);
  scene.note(`messages and calls fail, ${share} of them`);
  network.faults = {
    breakMessage: share,
    loseCall: share * 4,
    loseAnswer: share * 4,
    slow: share,
  };
  scene.after(scene.lastingMs(), () => {
    network.faults = noNetworkFaults;
  });
};

export const linkTroubles: readonly Trouble[] = [
  isolation,
  isolation,
  brokersApart,
  oneWay,
  pair,
  slowLink,
  brokenStreams,
  unreliable,
];

function block(scene: TroubleScene, links: readonly (readonly [string, string])[]): void {
  const ms = scene.lastingMs();
  const told = links.map(([from, to]) => `${from}>${to}`).join(' ');
  scene.note(`blocked for ${ms.toFixed(0)} ms: ${told}`);
  const { network } = scene.world;
  for (const [from, to] of links) network.block(from, to);
  scene.after(ms, () => {
    for (const [from, to] of links) network.unblock(from, to);
  });
}
