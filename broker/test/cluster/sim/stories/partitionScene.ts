import assert from 'node:assert/strict';
import { type TopicId, toBrokerId } from '@millrace/core/ids';
import {
  type CopyName,
  copyName,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { CopyReport, ProposalAnswer } from '../../../../src/cluster/sessionMessages.ts';
import type { ControllerRulesOff } from '../../../../src/controller/controllerRules.ts';
import { ControllerWorld } from '../../../controller/controllerWorld.ts';

/** Longer than a session, a lease and an election take. */
export const LONG_MS = 20_000;

export interface SceneOptions {
  readonly minIsr?: 1 | 2 | 3;
  readonly brokers?: 3 | 4;
}

/** One partition on brokers 0, 1 and 2, all in sync, under real controllers on a simulated network and store. */
export class PartitionScene {
  readonly world: ControllerWorld;
  readonly topicId: TopicId;
  /** Who led in each leader epoch, as the store had it. */
  readonly led = new Map<number, string>();

  #clash: string | undefined;

  private constructor(world: ControllerWorld, topicId: TopicId) {
    this.world = world;
    this.topicId = topicId;
    world.store.onChanged = () => this.#noteLeader();
  }

  static async start(
    rulesOff: ControllerRulesOff,
    seed: number,
    { minIsr = 2, brokers = 3 }: SceneOptions = {},
  ): Promise<PartitionScene> {
    const world = new ControllerWorld({ seed, rulesOff });
    await world.booted(0, 1, 2);
    const config = { minInsyncReplicas: String(minIsr) };
    const { topic } = await world.create({ partitions: 1, replicationFactor: 3, config });
    const scene = new PartitionScene(world, topic.topicId);
    scene.#noteLeader();
    for (let id = 3; id < brokers; id++) await world.booted(id);
    await scene.heard();
    return scene;
  }

  get status(): PartitionStatus {
    const [status] = this.world.statuses();
    assert.ok(status !== undefined, 'there is no status');
    return status;
  }

  /** Undefined: nobody leads, or nobody can say who does. */
  get leader(): number | undefined {
    const [status] = this.world.statuses();
    const { leader = null } = status ?? {};
    return leader === null ? undefined : Number.parseInt(leader, 10);
  }

  /** The leader first. */
  get replicas(): [number, number, number] {
    const { leader } = this;
    assert.ok(leader !== undefined);
    const [one, other] = [0, 1, 2].filter((id) => id !== leader);
    assert.ok(one !== undefined && other !== undefined);
    return [leader, one, other];
  }

  /** As it is on the broker's disk. */
  report(id: number): CopyReport {
    const copy = this.world.member(id).broker.copyOf(this.topicId, 0);
    assert.ok(copy !== undefined);
    return copy;
  }

  /** The disk of the broker says this, from its next boot on. */
  rewrite(id: number, change: Partial<CopyReport>): void {
    const { copies } = this.world.member(id).broker.parts.disk;
    copies.set(`${this.topicId}/0`, { ...this.report(id), ...change });
  }

  copies(...ids: number[]): CopyName[] {
    return ids.map((id) => copyName(toBrokerId(id), this.report(id).copyId));
  }

  /** All who are up know the state of the store. */
  async heard(): Promise<void> {
    await this.world.until('all have heard', () =>
      [...this.world.members.values()].every(
        ({ process, broker }) =>
          !process.alive ||
          broker.copyOf(this.topicId, 0) === undefined ||
          broker.status(this.topicId, 0)?.epoch === this.status.epoch,
      ),
    );
  }

  /** Proposed by the leader, against the state of the store, or against `epoch`. */
  async propose(isr: readonly CopyName[], epoch = this.status.epoch): Promise<ProposalAnswer> {
    await this.heard();
    const { leaderEpoch, leader } = this.status;
    assert.ok(leader !== null);
    const { broker } = this.world.member(Number.parseInt(leader, 10));
    const change = { topicId: this.topicId, partition: 0, leaderEpoch, epoch, isr };
    const [answer] = await this.world.settle(broker.propose([change]));
    assert.ok(answer !== undefined);
    return answer;
  }

  async proposed(...ids: number[]): Promise<void> {
    assert.equal((await this.propose(this.copies(...ids))).code, 'OK');
    await this.heard();
  }

  kill(...ids: number[]): void {
    for (const id of ids) this.world.kill(id);
  }

  async boot(...ids: number[]): Promise<void> {
    await this.world.booted(...ids);
  }

  async aWhile(): Promise<void> {
    await this.world.scheduler.runFor(LONG_MS);
    assert.equal(this.#clash, undefined);
  }

  async untilLed(): Promise<number> {
    await this.world.until('somebody leads', () => {
      const { leader } = this;
      return leader !== undefined && this.world.member(leader).process.alive;
    });
    await this.heard();
    return this.leader ?? assert.fail();
  }

  /** The store loses what it knew, while whoever is up looks on. */
  loseStatus(): void {
    const { contents } = this.world.store;
    const [row] = contents.list('PartitionAssignment');
    assert.ok(row !== undefined);
    contents.dropStatus('PartitionAssignment', row.name);
    this.world.store.changed('lost status');
  }

  #noteLeader(): void {
    const [status] = this.world.statuses();
    if (status === undefined || status.leader === null) return;
    const { leaderEpoch, leader } = status;
    const known = this.led.get(leaderEpoch) ?? leader;
    this.led.set(leaderEpoch, leader);
    if (leader !== known) this.#clash ??= `${known} and ${leader} lead in epoch ${leaderEpoch}`;
  }
}
