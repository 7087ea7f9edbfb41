import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConsumerGroupResource } from '@millrace/core/resources/custom/consumerGroupResource';
import { KubeError } from '@millrace/kube/kubeError';
import type { ClusterClients } from '../../src/group/clusterClients.ts';
import type { DeclaredGroup } from '../../src/group/declaredGroups.ts';
import { GROUP_ABSENCE, GroupAbsences } from '../../src/group/groupAbsences.ts';
import { GroupRemoval } from '../../src/group/groupRemoval.ts';
import type { World } from '../../src/world/world.ts';

const { settleMs, holdMs } = GROUP_ABSENCE;

function resource(uid: string, given: object = {}): ConsumerGroupResource {
  return {
    metadata: { name: uid, uid },
    spec: { clusterRef: { name: 'mill' }, deletionPolicy: 'Delete', ...given },
  } as unknown as ConsumerGroupResource;
}

/** A namespace, its cluster's coordinator and a clock. */
class Scene {
  readonly done: string[] = [];
  readonly there: ConsumerGroupResource[] = [];
  rows: DeclaredGroup[] = [];
  atMs = 1000;
  isKindThere = true;
  isClusterPaused = false;
  readonly removal: GroupRemoval;

  constructor(uids: readonly string[]) {
    this.rows = uids.map((uid) => ({ uid, groupId: uid, isDeletedWithResource: true }));
    const annotations = (): object =>
      this.isClusterPaused ? { 'millrace.dev/pause': 'true' } : {};
    const world = {
      namespace: 'n',
      groups: { list: () => this.there },
      clusters: { get: () => ({ metadata: { name: 'mill', annotations: annotations() } }) },
      client: {
        list: () => Promise.resolve({ items: this.there }),
        connection: {
          call: () =>
            this.isKindThere
              ? Promise.resolve({})
              : Promise.reject(new KubeError('not-found', 'gone', { outcome: 'not-applied' })),
        },
      },
    };
    const groupAdmin = {
      declareGroup: (groupId: string, { uid }: { readonly uid: string }) => {
        this.done.push(`withdrawn ${groupId} of ${uid}`);
        return Promise.resolve();
      },
      deleteGroup: (groupId: string) => {
        this.done.push(`deleted ${groupId}`);
        return Promise.resolve();
      },
    };
    this.removal = new GroupRemoval({
      world: world as unknown as World,
      clients: { of: () => ({ groupAdmin }) } as unknown as Pick<ClusterClients, 'of'>,
      declared: {
        all: () => this.rows.map((group) => ({ cluster: 'mill', group })),
        remove: (_, uid) => {
          this.rows = this.rows.filter((row) => row.uid !== uid);
          return Promise.resolve();
        },
      },
      absences: new GroupAbsences(),
      logger: { error() {}, warn() {}, info() {}, debug() {} },
      monotonicMs: () => this.atMs,
    });
  }

  async after(ms: number): Promise<readonly string[]> {
    this.atMs += ms;
    await this.removal.reconcile();
    return this.done;
  }
}

describe('the declaration of a group whose resource is gone', () => {
  it('is withdrawn, and the group deleted, soon after the deletion was seen', async () => {
    const scene = new Scene(['a']);
    scene.removal.gone(resource('a'));
    assert.deepEqual(await scene.after(0), []);
    assert.deepEqual(await scene.after(settleMs), ['withdrawn a of a', 'deleted a']);
    assert.deepEqual(scene.rows, []);
  });

  it('waits ten minutes if nobody saw the deletion', async () => {
    const scene = new Scene(['a']);
    assert.deepEqual(await scene.after(0), []);
    assert.deepEqual(await scene.after(holdMs - 1), []);
    assert.equal((await scene.after(1)).length, 2);
  });

  it('waits ten minutes after the kind is back, though the deletion was seen', async () => {
    const scene = new Scene(['a']);
    scene.isKindThere = false;
    scene.removal.gone(resource('a'));
    assert.deepEqual(await scene.after(0), []);
    assert.deepEqual(await scene.after(2 * holdMs), []);
    scene.isKindThere = true;
    assert.deepEqual(await scene.after(settleMs), []);
    assert.equal((await scene.after(holdMs)).length, 2);
  });

  it('waits ten minutes if many went together, the first of them too', async () => {
    const uids = Array.from({ length: 7 }, (_, index) => `g${index}`);
    const scene = new Scene(uids);
    for (const uid of uids) {
      scene.removal.gone(resource(uid));
      assert.deepEqual(await scene.after(settleMs - 1), [], uid);
    }
    assert.deepEqual(await scene.after(holdMs - settleMs), []);
    assert.equal((await scene.after(settleMs)).length, 14);
  });

  it('stays while the resource is there by a fresh read, and while the Cluster is paused', async () => {
    const scene = new Scene(['a']);
    scene.removal.gone(resource('a'));
    scene.isClusterPaused = true;
    assert.deepEqual(await scene.after(settleMs), []);
    scene.isClusterPaused = false;
    scene.there.push(resource('a'));
    assert.deepEqual(await scene.after(settleMs), []);
  });

  it('goes without the group while another resource names it, or if it said Retain last', async () => {
    const again = new Scene(['a']);
    again.there.push(resource('other', { groupId: 'a' }));
    again.removal.gone(resource('a'));
    assert.deepEqual(await again.after(settleMs), ['withdrawn a of a']);
    const retained = new Scene(['a']);
    retained.removal.gone(resource('a', { deletionPolicy: 'Retain' }));
    assert.deepEqual(await retained.after(settleMs), ['withdrawn a of a']);
  });
});
