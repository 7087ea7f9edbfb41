import { millraceError } from '@millrace/core/errors';
import type { AnyChange, AnyNewObject, Kind, Lease } from '../../../src/store/clusterStore.ts';
import { checkStorable } from '../../../src/store/storedContents.ts';

/** Texts, so that nobody shares an object with the store. */
export interface StoredRow {
  readonly name: string;
  readonly version: number;
  readonly spec: string;
  readonly status: string | null;
}

export type RowEvent = StoredRow | { readonly name: string; readonly version: number };

export interface StoreSnapshot {
  readonly version: number;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly lease: Lease;
}

const freeLease: Lease = { holder: '', epoch: 0, renewals: 0, version: 0 };

/** What a simulated store holds: synchronous, every call is one point in time. Names of rows are `kind/name`. */
export class SimStoreContents {
  #version = 0;
  #rows = new Map<string, StoredRow>();
  #lease = freeLease;
  #deletions: { readonly kind: Kind; readonly name: string; readonly version: number }[] = [];
  /** Watches from below it miss something. */
  #forgotten = 0;

  get version(): number {
    return this.#version;
  }

  get lease(): Lease {
    return this.#lease;
  }

  get(kind: Kind, name: string): StoredRow | undefined {
    return this.#rows.get(`${kind}/${name}`);
  }

  list(kind: Kind): StoredRow[] {
    return [...this.#rows]
      .filter(([key]) => key.startsWith(`${kind}/`))
      .map(([, row]) => row)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** All or none. */
  create(objects: readonly AnyNewObject[]): number[] {
    for (const { kind, name } of objects) {
      if (this.get(kind, name) !== undefined) throw conflict(`${kind} ${name} exists already`);
    }
    const names = new Set(objects.map(({ kind, name }) => `${kind}/${name}`));
    if (names.size < objects.length) throw conflict('one name twice');
    return objects.map(({ kind, name, spec, status }) =>
      this.#put(kind, {
        name,
        spec: JSON.stringify(spec),
        status: status === undefined ? null : JSON.stringify(status),
      }),
    );
  }

  /** All or none. */
  update(changes: readonly AnyChange[]): number[] {
    const names = new Set(changes.map(({ kind, name }) => `${kind}/${name}`));
    if (names.size < changes.length) throw conflict('one object twice');
    for (const { kind, name, expectedVersion } of changes) {
      const found = this.get(kind, name);
      if (found?.version !== expectedVersion) {
        throw conflict(`${kind} ${name} is at ${found?.version}, not ${expectedVersion}`);
      }
    }
    return changes.map((change) => {
      const { kind, name } = change;
      const row = this.get(kind, name);
      if (row === undefined) throw new Error(`${kind} ${name} went away`);
      const half =
        'spec' in change
          ? { spec: JSON.stringify(change.spec) }
          : { status: JSON.stringify(change.status) };
      return this.#put(kind, { ...row, ...half });
    });
  }

  delete(kind: Kind, name: string, expectedVersion: number): void {
    const found = this.get(kind, name);
    if (found === undefined) return;
    if (found.version !== expectedVersion) throw conflict(`${kind} ${name} is at ${found.version}`);
    this.#rows.delete(`${kind}/${name}`);
    this.#version += 1;
    this.#deletions.push({ kind, name, version: this.#version });
  }

  writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): number {
    if (this.#lease.version !== expectedVersion) {
      throw conflict(`the lease is at ${this.#lease.version}, not ${expectedVersion}`);
    }
    this.#version += 1;
    this.#lease = { ...lease, version: this.#version };
    return this.#version;
  }

  /** In order; 'gap' if they are not all known. */
  changesSince(kind: Kind, fromVersion: number): readonly RowEvent[] | 'gap' {
    if (fromVersion < this.#forgotten || fromVersion > this.#version) return 'gap';
    const events: RowEvent[] = this.list(kind).filter(({ version }) => version > fromVersion);
    for (const { kind: of, name, version } of this.#deletions) {
      if (of === kind && version > fromVersion) events.push({ name, version });
    }
    return events.sort((one, other) => one.version - other.version);
  }

  /** Somebody writes the same again: whoever read it before meets a conflict. */
  touch(kind: Kind, name: string): void {
    const row = this.get(kind, name);
    if (row !== undefined) this.#put(kind, row);
  }

  touchLease(): void {
    if (this.#lease.version > 0) this.writeLease(this.#lease, this.#lease.version);
  }

  /** As a restored backup of an object without its status subresource. */
  dropStatus(kind: Kind, name: string): void {
    const row = this.get(kind, name);
    if (row !== undefined) this.#put(kind, { ...row, status: null });
  }

  snapshot(): StoreSnapshot {
    return { version: this.#version, rows: new Map(this.#rows), lease: this.#lease };
  }

  /**
   * A backup is restored. `bumped`: versions go on above all that were ever given, as etcd's --bump-revision does, for
   * a store whose clients are alive; else they repeat.
   */
  rewind(to: StoreSnapshot, versions: 'bumped' | 'repeated'): void {
    this.#rows = new Map(to.rows);
    this.#lease = to.lease;
    this.#deletions = [];
    this.#version = versions === 'bumped' ? this.#version + 1000 : to.version;
    this.#forgotten = this.#version;
  }

  #put(kind: Kind, row: Omit<StoredRow, 'version'>): number {
    this.#version += 1;
    this.#rows.set(`${kind}/${row.name}`, { ...row, version: this.#version });
    return this.#version;
  }
}

/** As production stores refuse what they could not read back, before anything is sent. */
export function checkWrites(writes: readonly (AnyNewObject | AnyChange)[]): void {
  for (const write of writes) {
    const { kind, name } = write;
    if ('spec' in write) checkStorable(kind, name, 'spec', write.spec);
    if ('status' in write && write.status !== undefined) {
      checkStorable(kind, name, 'status', write.status);
    }
  }
}

function conflict(message: string) {
  return millraceError('CONFLICT', message, { outcome: 'not-applied' });
}
