import { pick } from '../../log/sim/simWorld.ts';
import { noStoreFaults } from './simStore.ts';
import type { StoreSnapshot } from './simStoreContents.ts';
import { healLinks } from './healLinks.ts';
import type { Trouble, TroubleScene } from './trouble.ts';

const failingRequests: Trouble = (scene) => {
  const { store } = scene.world;
  const share = (): number => pick(scene.random, [0, 0, 0.05, 0.3]);
  const faults = {
    conflict: share(),
    refused: share(),
    timeout: share(),
    missedWatch: share(),
    slow: share(),
  };
  scene.note(`the store fails: ${JSON.stringify(faults)}`);
  store.faults = faults;
  scene.after(scene.lastingMs(), () => {
    store.faults = noStoreFaults;
  });
};

const outage: Trouble = (scene) => {
  const { store } = scene.world;
  const ms = scene.lastingMs();
  scene.note(`the store is out for ${ms.toFixed(0)} ms`);
  store.outage = true;
  scene.after(ms, () => {
    store.outage = false;
  });
};

const cutOff: Trouble = (scene) => {
  const { store } = scene.world;
  const { host } = scene.one();
  const ms = scene.lastingMs();
  scene.note(`${host} does not reach the store for ${ms.toFixed(0)} ms`);
  store.cutOff(host);
  scene.after(ms, () => store.reconnect(host));
};

const backups = new WeakMap<object, StoreSnapshot>();

/**
 * What nobody who takes part knows, nobody notices before a copy that does comes back: until then epochs may be given out
 * again (docs/decisions/0007-recovery-epochs.md). So a rewind finds the network whole and everybody up.
 */
function mayRewind(scene: TroubleScene): boolean {
  if (!scene.victims.isNewestKnown()) return false;
  healLinks(scene);
  return true;
}

/** Brokers stay as they are: where one listened before, nobody does, and it would be taken for dead (gap, likewise). */
function withBrokersOf(now: StoreSnapshot, backup: StoreSnapshot): StoreSnapshot {
  const isBroker = ([key]: readonly [string, unknown]): boolean => key.startsWith('Broker/');
  const rows = [...backup.rows].filter((row) => !isBroker(row));
  return { ...backup, rows: new Map([...rows, ...[...now.rows].filter(isBroker)]) };
}

/** Nobody is hurt until a recovery has begun of whatever was rewound; what hits that one may hurt. */
function spareUntilNoticed(scene: TroubleScene): void {
  if (scene.isHealed) return;
  const { machines, isRewindNoticed } = scene.victims;
  const isNoticed = isRewindNoticed();
  scene.isHeld = !isNoticed;
  for (const machine of machines) machine.isSpared = !isNoticed;
  if (!isNoticed) scene.after(20, () => spareUntilNoticed(scene));
}

/** The first time a backup is taken, the next time it is restored. */
const rewind: Trouble = (scene) => {
  const { store } = scene.world;
  const backup = backups.get(scene);
  if (backup === undefined) {
    scene.note('backup of the store');
    backups.set(scene, store.contents.snapshot());
    return;
  }
  if (!mayRewind(scene)) return;
  scene.note('the store is rewound');
  scene.victims.onRewound();
  store.rewind(withBrokersOf(store.contents.snapshot(), backup), 'bumped');
  spareUntilNoticed(scene);
};

const lostStatus: Trouble = (scene) => {
  const { store } = scene.world;
  const rows = store.contents.list('PartitionAssignment');
  const row = rows[scene.random.int(Math.max(1, rows.length))];
  if (row === undefined || !mayRewind(scene)) return;
  scene.note(`the status of ${row.name} is lost`);
  scene.victims.onRewound();
  store.contents.dropStatus('PartitionAssignment', row.name);
  store.changed('lost status');
  spareUntilNoticed(scene);
};

export const storeTroubles: readonly Trouble[] = [failingRequests, failingRequests, outage, cutOff];

/** After these a recovery election needs enough copies that were in sync (rule 9): none may be lost or new. */
export const rewindTroubles: readonly Trouble[] = [rewind, rewind, lostStatus];
