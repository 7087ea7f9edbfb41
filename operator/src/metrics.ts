/** What Prometheus sees of the operator. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

export class Metrics {
  readonly registry = new Registry();
  readonly #reconciles: Counter;
  readonly #reconcileSeconds: Histogram;
  readonly #calls: Histogram;
  readonly #leader: Gauge;

  /** Depth of the queues and silence of the watches are read when scraped. */
  constructor(parts: { readonly depth: () => number; readonly silentMs: () => number }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#reconciles = new Counter({
      name: 'millrace_operator_reconciles_total',
      help: 'Resources looked at, by kind and result.',
      labelNames: ['kind', 'result'],
      registers,
    });
    this.#reconcileSeconds = new Histogram({
      name: 'millrace_operator_reconcile_seconds',
      help: 'Time that one look took.',
      labelNames: ['kind'],
      buckets: SECONDS,
      registers,
    });
    this.#calls = new Histogram({
      name: 'millrace_operator_api_seconds',
      help: 'Calls to the API server, by method and status (0: no answer).',
      labelNames: ['method', 'status'],
      buckets: SECONDS,
      registers,
    });
    this.#leader = new Gauge({
      name: 'millrace_operator_active',
      help: '1 while this process is the active operator.',
      registers,
    });
    new Gauge({
      name: 'millrace_operator_queue_depth',
      help: 'Resources that wait to be looked at.',
      registers,
      collect() {
        this.set(parts.depth());
      },
    });
    new Gauge({
      name: 'millrace_operator_watch_silent_seconds',
      help: 'Since the quietest watch was last heard of.',
      registers,
      collect() {
        this.set(parts.silentMs() / 1000);
      },
    });
  }

  reconciled(kind: string, durationMs: number): void {
    this.#reconciles.inc({ kind, result: 'done' });
    this.#reconcileSeconds.observe({ kind }, durationMs / 1000);
  }

  failed(kind: string): void {
    this.#reconciles.inc({ kind, result: 'failed' });
  }

  called(method: string, status: number, durationMs: number): void {
    this.#calls.observe({ method, status: String(status) }, durationMs / 1000);
  }

  active(): void {
    this.#leader.set(1);
  }
}
