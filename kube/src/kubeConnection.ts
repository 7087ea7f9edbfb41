/**
 * One request and its answer: credentials, a deadline for the whole of it, and patience with 429, which says that
 * nothing was done and when to come again. Everything that fails is a KubeError with its outcome.
 */
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { type Dispatcher, request as undiciRequest } from 'undici';
import type { ClusterAccess } from './clusterAccess.ts';
import { errorOfStatus, errorOfTransport, KubeError } from './kubeError.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Milliseconds for the answer, 429s included. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface KubeConnectionOptions {
  readonly deadlineMs?: number;
  readonly userAgent?: string;
  /** After each call, for metrics. `status` 0: no answer. */
  readonly onCall?: (method: KubeRequest['method'], status: number, durationMs: number) => void;
}

const DEADLINE_MS = 10_000;
/** If the server says none. */
const RETRY_AFTER_MS = 1000;

export class KubeConnection {
  readonly #access: ClusterAccess;
  readonly #options: KubeConnectionOptions;
  readonly #closing = new AbortController();

  constructor(access: ClusterAccess, options: KubeConnectionOptions = {}) {
    this.#access = access;
    this.#options = options;
  }

  /** The parsed body, or the text that it is. Rejects with KubeError. */
  async call(request: KubeRequest): Promise<unknown> {
    const { deadlineMs = this.#options.deadlineMs ?? DEADLINE_MS } = request;
    const until = performance.now() + deadlineMs;
    for (;;) {
      try {
        return await this.#once(request, until - performance.now());
      } catch (thrown) {
        const error = errorOfTransport(thrown);
        const waitMs = (error.retryAfterMs || RETRY_AFTER_MS) * (1 + Math.random() / 4);
        const isPatient = error.reason === 'throttled' && performance.now() + waitMs < until;
        if (!isPatient) throw request.method === 'GET' ? readFailure(error) : error;
        await this.#pause(waitMs, request.signal);
      }
    }
  }

  /** An answer that goes on: the caller reads the body, and ends it by the signal. */
  async open(
    request: KubeRequest & { readonly signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData['body']> {
    const { deadlineMs = this.#options.deadlineMs ?? DEADLINE_MS, signal } = request;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(deadlineError(deadlineMs)), deadlineMs);
    try {
      const ends = AbortSignal.any([signal, late.signal, this.#closing.signal]);
      const response = await this.#send(request, ends);
      if (response.statusCode === 200) return response.body;
      throw await this.#refusal(response);
    } catch (thrown) {
      throw readFailure(errorOfTransport(thrown));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls under way fail, `unknown` if they are writes. */
  async close(): Promise<void> {
    this.#closing.abort(new KubeError('unavailable', 'closed', { outcome: 'unknown' }));
    await this.#access.close();
  }

  async #once(request: KubeRequest, deadlineMs: number): Promise<unknown> {
    const startedMs = performance.now();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(deadlineError(deadlineMs)), Math.max(1, deadlineMs));
    let status = 0;
    try {
      const signals = [late.signal, this.#closing.signal];
      if (request.signal !== undefined) signals.push(request.signal);
      const response = await this.#send(request, AbortSignal.any(signals));
      status = response.statusCode;
      if (status >= 300) throw await this.#refusal(response);
      const text = await response.body.text();
      return isJson(response.headers) ? (JSON.parse(text) as unknown) : text;
    } finally {
      clearTimeout(timer);
      this.#options.onCall?.(request.method, status, performance.now() - startedMs);
    }
  }

  async #send(request: KubeRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    signal.throwIfAborted();
    const url = new URL(this.#access.server + request.path);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const context = new RequestContext(url.toString(), HttpMethod.GET);
    context.setHeaderParam('accept', 'application/json');
    context.setHeaderParam('user-agent', this.#options.userAgent ?? 'millrace');
    if (request.body !== undefined) {
      context.setHeaderParam('content-type', request.contentType ?? 'application/json');
    }
    try {
      await this.#access.applySecurityAuthentication(context);
    } catch (cause) {
      const message = `no credentials for the API server: ${String(cause)}`;
      throw new KubeError('unavailable', message, { outcome: 'not-applied', cause });
    }
    const dispatcher = context.getDispatcher();
    return await undiciRequest(url, {
      method: request.method,
      headers: context.getHeaders(),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(dispatcher !== undefined && { dispatcher: dispatcher as Dispatcher }),
    });
  }

  async #refusal(response: Dispatcher.ResponseData): Promise<KubeError> {
    const text = await response.body.text();
    return errorOfStatus(response.statusCode, statusOf(text), retryAfterMsOf(response.headers));
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const ends = signal === undefined ? [] : [signal];
    const any = AbortSignal.any([this.#closing.signal, ...ends]);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        any.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      any.addEventListener('abort', end);
    });
  }
}

function deadlineError(deadlineMs: number): KubeError {
  return new KubeError(
    'unavailable',
    `the API server did not answer in ${Math.round(deadlineMs)} ms`,
    {
      outcome: 'unknown',
    },
  );
}

/** A read changes nothing, whatever became of it. */
function readFailure(error: KubeError): KubeError {
  if (error.outcome === 'not-applied') return error;
  const { reason, message, status, retryAfterMs, cause } = error;
  const outcome = 'not-applied';
  return new KubeError(reason, message, { outcome, status, retryAfterMs, cause });
}

function isJson(headers: Dispatcher.ResponseData['headers']): boolean {
  return String(headers['content-type']).includes('json');
}

function statusOf(text: string): { reason: string; message: string } {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: unknown; message?: unknown };
    return {
      reason: typeof reason === 'string' ? reason : '',
      message: typeof message === 'string' ? message : '',
    };
  } catch {
    // A proxy's page, or the API server's plain text.
    return { reason: '', message: text.slice(0, 200) };
  }
}

/** Milliseconds; 0: the server did not say, or names a date. */
function retryAfterMsOf(headers: Dispatcher.ResponseData['headers']): number {
  const seconds = Number(headers['retry-after'] ?? '0');
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0;
}
