import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrokerResource } from '@millrace/core/resources/custom/internalResources';
import { BrokerMarks } from '../../src/cluster/brokerMarks.ts';
import type { World } from '../../src/world/world.ts';
import { assignment } from '../topic/topicWorld.ts';

/** Brokers by id, all fenced and without pods; `on`: the brokers of the one partition there is. */
class Scene {
  readonly brokers = new Map<string, BrokerResource>();
  readonly marks: BrokerMarks;

  constructor(ids: readonly number[], on: readonly number[], cordoned = false) {
    for (const id of ids) {
      const metadata = { name: `mill-${id}`, uid: `u${id}`, resourceVersion: '1' };
      const object = { metadata, spec: { cordoned, draining: false } };
      this.brokers.set(`mill-${id}`, object as unknown as BrokerResource);
    }
    const write = (object: BrokerResource): Promise<BrokerResource> => {
      this.brokers.set(object.metadata.name, object);
      return Promise.resolve(object);
    };
    const world = {
      namespace: 'n',
      assignmentIndex: { specsOf: () => [assignment([on]).spec] },
      brokersOf: () =>
        [...this.brokers.values()].map(({ metadata, spec }) => ({
          id: Number(metadata.name.slice('mill-'.length)),
          spec,
        })),
      brokers: { of: {}, get: (name: string) => this.brokers.get(name), put: write, create: write },
      pods: { get: () => undefined },
      client: {
        delete: (_: object, __: string, name: string) => Promise.resolve(this.brokers.delete(name)),
      },
    };
    this.marks = new BrokerMarks(world as unknown as World);
  }

  async after(replicas: number, wanted: number): Promise<string[]> {
    await this.marks.mark('mill', { replicas, leaving: [], waiting: undefined }, wanted);
    return [...this.brokers.values()]
      .map(({ metadata: { name }, spec: { cordoned, draining } }) =>
        [name, cordoned ? 'cordoned' : '', draining ? 'draining' : ''].join(' ').trim(),
      )
      .toSorted((left, right) => left.localeCompare(right));
  }
}

describe('a broker that is to go', () => {
  it('is cordoned and drained, also one whose pod is to go at once', async () => {
    const scene = new Scene([0, 1, 2], [0, 2]);
    assert.deepEqual(await scene.after(3, 2), ['mill-0', 'mill-1', 'mill-2 cordoned draining']);
    assert.deepEqual(await new Scene([0, 2], [0, 2]).after(2, 2), [
      'mill-0',
      'mill-2 cordoned draining',
    ]);
  });

  it('is forgotten only when no partition names it, and comes back to be drained', async () => {
    assert.deepEqual(await new Scene([0, 2], [0, 1]).after(2, 2), ['mill-0']);
    assert.deepEqual(await new Scene([0], [0, 2]).after(2, 2), [
      'mill-0',
      'mill-2 cordoned draining',
    ]);
  });

  it('stays cordoned if a person had done so, when it is to stay after all', async () => {
    const scene = new Scene([0, 2], [0], true);
    await scene.after(3, 2);
    assert.deepEqual(await scene.after(3, 3), ['mill-0 cordoned', 'mill-2 cordoned']);
    const open = new Scene([0, 2], [0]);
    await open.after(3, 2);
    assert.deepEqual(await open.after(3, 3), ['mill-0', 'mill-2']);
  });
});
