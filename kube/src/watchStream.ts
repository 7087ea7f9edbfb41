/** One watch request: events as the API server sends them, until it, or the network, ends it. */
import type { KubeConnection } from './kubeConnection.ts';
import { errorOfStatus, errorOfTransport } from './kubeError.ts';
import type { KubeObject } from './kubeObject.ts';
import type { Selection } from './kubeClient.ts';
import { collectionPath, type Resource } from './resource.ts';

export interface WatchRequest extends Selection {
  readonly of: Resource;
  readonly namespace: string;
  /** Events after this version. */
  readonly resourceVersion: string;
  /** Then the server ends it, so that its connection moves on to another server. */
  readonly timeoutSeconds: number;
  /** Without a byte for so long the connection may be dead: idle collections have no bookmarks, others one a minute. */
  readonly silenceMsMax: number;
  readonly signal: AbortSignal;
}

export type WatchedEvent<T extends KubeObject> =
  | { readonly type: 'put'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T }
  /** Nothing happened up to this version. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

interface Line {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject & { code?: number; reason?: string; message?: string };
}

/** Not the network's failure: a bug of who watches, which may not pass for one. */
class HandlerFailed extends Error {
  constructor(cause: unknown) {
    super('a handler of watched events failed', { cause });
  }
}

/** A server that sends a line without an end may not take the memory. */
const LINE_BYTES_MAX = 16 * 2 ** 20;

/**
 * Resolves when the server ended it in order, or was silent: the next request tells if it lives. Rejects with KubeError,
 * `expired` if the version is too old, else what cut it, and with what `onEvent` throws; that has had all that came before.
 */
export async function watchOnce<T extends KubeObject>(
  connection: KubeConnection,
  request: WatchRequest,
  onEvent: (event: WatchedEvent<T>) => void,
): Promise<void> {
  const { of, namespace, resourceVersion, labelSelector, fieldSelector } = request;
  const silence = new AbortController();
  const signal = AbortSignal.any([request.signal, silence.signal]);
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), request.silenceMsMax);
  };
  try {
    const body = await connection.open({
      method: 'GET',
      path: collectionPath(of, namespace),
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion,
        timeoutSeconds: request.timeoutSeconds,
        labelSelector,
        fieldSelector,
      },
      signal,
    });
    heard();
    for await (const line of linesOf(body, heard)) {
      signal.throwIfAborted();
      const event = parseLine<T>(line);
      try {
        onEvent(event);
      } catch (error) {
        throw new HandlerFailed(error);
      }
    }
  } catch (thrown) {
    if (thrown instanceof HandlerFailed) throw thrown.cause;
    if (silence.signal.aborted) return;
    throw errorOfTransport(signal.aborted ? (signal.reason as unknown) : thrown);
  } finally {
    clearTimeout(timer);
    // Ends the request, if it was not it that ended.
    silence.abort();
  }
}

async function* linesOf(body: AsyncIterable<Buffer>, heard: () => void): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    heard();
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end));
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      bytes = 0;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    bytes += rest.length;
    if (bytes > LINE_BYTES_MAX)
      throw new RangeError(`a watch event has over ${LINE_BYTES_MAX} bytes`);
    if (rest.length > 0) parts.push(rest);
  }
}

function parseLine<T extends KubeObject>(text: string): WatchedEvent<T> {
  const { type, object } = JSON.parse(text) as Line;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'put', object: object as unknown as T };
    case 'DELETED':
      return { type: 'deleted', object: object as unknown as T };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: object.metadata.resourceVersion ?? '' };
    case 'ERROR': {
      const { code = 500, reason = '', message = '' } = object;
      throw errorOfStatus(code, { reason, message }, 0);
    }
  }
}
