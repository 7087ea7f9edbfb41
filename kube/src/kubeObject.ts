/** The envelope of every Kubernetes object, as its JSON has it: times are strings here. */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean | undefined;
  readonly blockOwnerDeletion?: boolean | undefined;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
}

export interface KubeObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: ObjectMeta;
}

/** For the internal objects, whose halves are checked by parsers of their own. */
export interface UntypedObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

export interface KubeList<T extends KubeObject> {
  readonly items: T[];
  /** Of the collection when it was read; a watch from it misses nothing. */
  readonly resourceVersion: string;
}

/** Throws TypeError for what is no number, which no etcd gives. */
export function versionNumber(resourceVersion: string | undefined): number {
  const version = Number(resourceVersion ?? '');
  if (resourceVersion === undefined || !Number.isSafeInteger(version) || version < 0) {
    throw new TypeError(`resourceVersion ${JSON.stringify(resourceVersion)} is no number`);
  }
  return version;
}
