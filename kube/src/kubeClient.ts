/**
 * The calls that broker and operator make, each with the content type that its kind takes. `T` is what the caller says
 * it gets: what a person may have written is checked by the parser of its kind.
 *
 * Reads are linearizable: no resourceVersion is sent. All reject with KubeError.
 */
import type { KubeConnection } from './kubeConnection.ts';
import { isKubeError } from './kubeError.ts';
import type { KubeList, KubeObject } from './kubeObject.ts';
import { apiVersionOf, collectionPath, objectPath, type Resource } from './resource.ts';

export interface Selection {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export interface ApplyOptions extends CallOptions {
  /** Constant for a writer; another one for the status. */
  readonly fieldManager: string;
  /** Takes fields from other managers; on by default, as an operator owns what it applies. */
  readonly force?: boolean;
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export type Subresource = 'status' | 'scale' | 'eviction';

/** Objects of one page: what is parsed between two turns of the event loop. */
const PAGE = 250;
const PAGES_MAX = 10_000;

const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

export class KubeClient {
  readonly #connection: KubeConnection;

  constructor(connection: KubeConnection) {
    this.#connection = connection;
  }

  get connection(): KubeConnection {
    return this.#connection;
  }

  /** Undefined if there is none. */
  async get<T extends KubeObject>(
    of: Resource,
    namespace: string,
    name: string,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      const path = objectPath(of, namespace, name);
      return (await this.#connection.call({ method: 'GET', path, ...options })) as T;
    } catch (error) {
      if (isKubeError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Page by page, all of one version. */
  async list<T extends KubeObject>(
    of: Resource,
    namespace: string,
    selection: Selection = {},
    options: CallOptions = {},
  ): Promise<KubeList<T>> {
    try {
      return await this.#listPages<T>(of, namespace, selection, options);
    } catch (error) {
      // The token of a page grew too old: all in one answer.
      if (!isKubeError(error, 'expired')) throw error;
      return await this.#listOnce<T>(of, namespace, selection, options);
    }
  }

  /** Of the collection now, at the price of one object: tells whether the store was taken back to an older state. */
  async currentVersion(
    of: Resource,
    namespace: string,
    options: CallOptions = {},
  ): Promise<string> {
    const page = await this.#page<KubeObject>(of, namespace, { limit: 1 }, options);
    return page.resourceVersion;
  }

  /** Rejects with `already-exists`. */
  async create<T extends KubeObject>(
    of: Resource,
    namespace: string,
    object: T,
    options: CallOptions = {},
  ): Promise<T> {
    const path = collectionPath(of, namespace);
    const body = envelope(of, object);
    return (await this.#connection.call({ method: 'POST', path, body, ...options })) as T;
  }

  /**
   * The whole object, or its subresource, as it is given: what is not in it goes. With a resourceVersion it is a
   * compare-and-set, which rejects with `conflict`.
   */
  async put<T extends KubeObject>(
    of: Resource,
    namespace: string,
    object: T,
    options: CallOptions & { readonly subresource?: Subresource } = {},
  ): Promise<T> {
    const { subresource, ...call } = options;
    const path = objectPath(of, namespace, object.metadata.name, subresource);
    const body = envelope(of, object);
    return (await this.#connection.call({ method: 'PUT', path, body, ...call })) as T;
  }

  /**
   * JSON merge patch: null takes a field away, lists are replaced whole. With metadata.resourceVersion in it it is a
   * compare-and-set.
   */
  async mergePatch<T extends KubeObject>(
    of: Resource,
    namespace: string,
    name: string,
    patch: object,
    options: CallOptions & {
      readonly subresource?: Subresource;
      readonly fieldManager?: string;
    } = {},
  ): Promise<T> {
    const { subresource, fieldManager, ...call } = options;
    const path = objectPath(of, namespace, name, subresource);
    const request = { method: 'PATCH', path, contentType: MERGE, body: patch } as const;
    return (await this.#connection.call({ ...request, query: { fieldManager }, ...call })) as T;
  }

  /** Server-side apply: creates it, or sets the fields that are given and takes away those given before and no more. */
  async apply<T extends KubeObject>(
    of: Resource,
    namespace: string,
    object: T,
    options: ApplyOptions & { readonly subresource?: Subresource },
  ): Promise<T> {
    const { subresource, fieldManager, force = true, ...call } = options;
    const path = objectPath(of, namespace, object.metadata.name, subresource);
    const body = envelope(of, object);
    const request = { method: 'PATCH', path, contentType: APPLY, body } as const;
    return (await this.#connection.call({
      ...request,
      query: { fieldManager, force },
      ...call,
    })) as T;
  }

  /** False if there was none. Rejects with `conflict` if it is another one than the preconditions say. */
  async delete(
    of: Resource,
    namespace: string,
    name: string,
    preconditions: Preconditions = {},
    options: CallOptions & {
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
      readonly gracePeriodSeconds?: number;
    } = {},
  ): Promise<boolean> {
    const { propagation, gracePeriodSeconds, ...call } = options;
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions,
      ...(propagation !== undefined && { propagationPolicy: propagation }),
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    };
    try {
      const path = objectPath(of, namespace, name);
      await this.#connection.call({ method: 'DELETE', path, body, ...call });
      return true;
    } catch (error) {
      if (isKubeError(error, 'not-found')) return false;
      throw error;
    }
  }

  async #listPages<T extends KubeObject>(
    of: Resource,
    namespace: string,
    selection: Selection,
    options: CallOptions,
  ): Promise<KubeList<T>> {
    const items: T[] = [];
    let from: string | undefined;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const query = { ...selection, limit: PAGE, continue: from };
      const page = await this.#page<T>(of, namespace, query, options);
      items.push(...page.items);
      from = page.next;
      if (from === undefined) return { items, resourceVersion: page.resourceVersion };
    }
    throw new RangeError(`${of.plural} has more than ${PAGES_MAX * PAGE} objects`);
  }

  async #listOnce<T extends KubeObject>(
    of: Resource,
    namespace: string,
    selection: Selection,
    options: CallOptions,
  ): Promise<KubeList<T>> {
    const { items, resourceVersion } = await this.#page<T>(
      of,
      namespace,
      { ...selection },
      options,
    );
    return { items, resourceVersion };
  }

  async #page<T extends KubeObject>(
    of: Resource,
    namespace: string,
    query: Readonly<Record<string, string | number | undefined>>,
    options: CallOptions,
  ): Promise<KubeList<T> & { readonly next: string | undefined }> {
    const path = collectionPath(of, namespace);
    const body = await this.#connection.call({ method: 'GET', path, query, ...options });
    const { items, metadata } = body as {
      items?: T[] | null;
      metadata?: { resourceVersion?: string; continue?: string };
    };
    const next = metadata?.continue === '' ? undefined : metadata?.continue;
    return { items: items ?? [], resourceVersion: metadata?.resourceVersion ?? '', next };
  }
}

function envelope(of: Resource, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(of), kind: of.kind };
}
