import { pick } from '../../log/sim/simWorld.ts';
import { noNetworkFaults } from './simNetwork.ts';
import { noStoreFaults } from './simStore.ts';
import type { SimMachine } from './simMachine.ts';
import type { Trouble, TroubleScene } from './trouble.ts';

// Faults that meet a partition in the moments in which its state is between two others: random ones come there rarely.

/** The leader dies or goes dark while a follower lags: what only the leader had must not be told as committed. */
const laggingFollower: Trouble = (scene) => {
  const [leader, ...followers] = replicasOf(scene);
  const follower = followers[scene.random.int(Math.max(1, followers.length))];
  if (leader === undefined || follower === undefined) return;
  const ms = pick(scene.random, [30, 150, 600, 1500]);
  scene.note(`${follower.host} follows ${leader.host} ${ms} ms behind, then it dies`);
  const { network } = scene.world;
  network.slowDown(leader.host, follower.host, ms);
  scene.after(ms + scene.random.float() * 2500, () => end(scene, leader));
  scene.after(ms + 4000, () => network.slowDown(leader.host, follower.host, 0));
};

/** A follower returns to the ISR, and its leader dies about then. */
const deathWhileJoining: Trouble = (scene) => {
  const [leader, ...followers] = replicasOf(scene);
  const follower = followers[scene.random.int(Math.max(1, followers.length))];
  if (leader === undefined || follower === undefined) return;
  scene.note(`${follower.host} is away, returns, and ${leader.host} dies`);
  const awayMs = 1200 + scene.random.float() * 1500;
  follower.pause();
  scene.after(awayMs, () => follower.resume());
  scene.after(awayMs + scene.random.float() * 900, () => {
    if (scene.random.int(2) === 0) follower.pause();
    end(scene, leader);
    scene.after(100 + scene.random.float() * 3000, () => follower.resume());
  });
};

/** A leader that was just elected sees no follower, and dies with what it told. */
const lonelyLeader: Trouble = (scene) => {
  const [leader] = replicasOf(scene);
  if (leader === undefined) return;
  scene.note(`${leader.host} dies; the next leader is kept from its followers, and dies`);
  const hosts = scene.victims.machines.map(({ host }) => host);
  const { network } = scene.world;
  end(scene, leader);
  // Data does not come through for a while, between whomever: sessions outlive it, or not.
  const fromMs = scene.random.float() * 300;
  const links = hosts.flatMap((from) => hosts.map((to) => [from, to] as const));
  const ms = pick(scene.random, [100, 400, 900]);
  scene.after(fromMs, () => {
    for (const [from, to] of links) if (from !== to) network.slowDown(from, to, ms);
  });
  scene.after(fromMs + 200 + scene.random.float() * 2500, () => {
    const [next] = replicasOf(scene);
    if (next !== undefined) end(scene, next);
  });
  scene.after(fromMs + 4000, () => {
    for (const [from, to] of links) network.slowDown(from, to, 0);
  });
};

/** Leader and controller at once, or one after the other. */
const leaderAndController: Trouble = (scene) => {
  const [leader] = replicasOf(scene);
  const controller = scene.victims.machines.find(({ member }) => member?.isController === true);
  scene.note(`${leader?.host} and ${controller?.host}, its controller, die`);
  if (controller !== undefined) end(scene, controller);
  scene.after(scene.random.int(2) * scene.random.float() * 3000, () => {
    if (leader !== undefined) end(scene, leader);
  });
};

/** A leader that others replace, and that lives on: its clients see it, brokers or the controller do not. */
const deposedLeader: Trouble = (scene) => {
  const [leader] = replicasOf(scene);
  if (leader === undefined) return;
  const { network } = scene.world;
  const others = scene.victims.machines.filter((machine) => machine !== leader);
  const kept = scene.random.int(2) === 0 ? others.splice(scene.random.int(others.length), 1) : [];
  const links = others.flatMap(({ host }) => [
    [leader.host, host] as const,
    [host, leader.host] as const,
  ]);
  const shown = scene.random.int(3) === 0 ? links.filter((_, index) => index % 2 === 0) : links;
  const ms = 300 + scene.random.float() * 4500;
  scene.note(
    `${leader.host} leads and is apart for ${ms.toFixed(0)} ms: ` +
      `${shown.map(([from, to]) => `${from}>${to}`).join(' ')}${kept.map(({ host }) => `, not from ${host}`).join('')}`,
  );
  for (const [from, to] of shown) network.block(from, to);
  scene.after(ms, () => {
    for (const [from, to] of shown) network.unblock(from, to);
  });
};

/** A leader that does nothing for a while, and then all at once. */
const pausedLeader: Trouble = (scene) => {
  const [leader] = replicasOf(scene);
  if (leader === undefined) return;
  const ms = 1000 + scene.random.float() * 4000;
  scene.note(`${leader.host} leads and is paused for ${ms.toFixed(0)} ms`);
  leader.pause();
  scene.after(ms, () => leader.resume());
};

/** A follower comes and goes, and nobody knows which change of the ISR was made: answers and writes are lost or late. */
const contestedIsr: Trouble = (scene) => {
  const [leader, ...followers] = replicasOf(scene);
  const follower = followers[scene.random.int(Math.max(1, followers.length))];
  if (leader === undefined || follower === undefined) return;
  const { network, store } = scene.world;
  const share = (): number => pick(scene.random, [0, 0.3, 0.6]);
  network.faults = { ...noNetworkFaults, loseCall: share() / 2, loseAnswer: share() };
  store.faults = { ...noStoreFaults, timeout: share() / 2, conflict: share(), slow: share() };
  const { loseCall, loseAnswer } = network.faults;
  const lost = `${loseCall} of calls lost, ${loseAnswer} of answers, the store ${JSON.stringify(store.faults)}`;
  scene.note(`${follower.host} comes and goes at ${leader.host}: ${lost}`);
  let atMs = 0;
  for (let count = 0; count < 3; count++) {
    const awayMs = 900 + scene.random.float() * 600;
    scene.after(atMs, () => follower.pause());
    scene.after(atMs + awayMs, () => follower.resume());
    atMs += awayMs + scene.random.float() * 1200;
  }
  scene.after(atMs * scene.random.float(), () => {
    if (scene.random.int(2) === 0) end(scene, leader);
  });
  scene.after(atMs, () => {
    network.faults = noNetworkFaults;
    store.faults = noStoreFaults;
  });
};

export const failoverTroubles: readonly Trouble[] = [
  laggingFollower,
  deathWhileJoining,
  lonelyLeader,
  leaderAndController,
  deposedLeader,
  deposedLeader,
  pausedLeader,
  contestedIsr,
  contestedIsr,
];

function end(scene: TroubleScene, machine: SimMachine): void {
  const isPower = scene.random.int(2) === 0;
  scene.note(`${isPower ? 'power loss of' : 'kill'} ${machine.host}`);
  if (isPower) machine.losePower('random');
  else machine.kill();
  scene.bootLater(machine);
}

/** Of one partition, its leader first. */
function replicasOf(scene: TroubleScene): SimMachine[] {
  const led = scene.world
    .assignments()
    .flatMap(({ status }) => status?.partitions ?? [])
    .filter(({ leader }) => leader !== null);
  const status = led[scene.random.int(Math.max(1, led.length))];
  if (status === undefined) return [];
  const leaderId = Number(status.leader?.split(':')[0]);
  const ids = [leaderId, ...status.replicas.filter((id) => id !== leaderId)];
  return ids.flatMap((id) => scene.victims.machines.find(({ brokerId }) => brokerId === id) ?? []);
}
