/** What compaction does, and what it leaves to do. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Engine } from '../engine/engine.ts';
import type { PassResult } from '../log/compaction/logPass.ts';

const PASS_SECONDS_BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];

export class CompactionMetrics {
  readonly #registry: Registry;
  readonly #seconds: Histogram;
  readonly #bytes: Counter;

  constructor(registry: Registry) {
    this.#registry = registry;
    const registers = [registry];
    this.#seconds = new Histogram({
      name: 'millrace_compaction_seconds',
      help: 'One pass over a partition.',
      buckets: PASS_SECONDS_BUCKETS,
      registers,
    });
    this.#bytes = new Counter({
      name: 'millrace_compaction_bytes_total',
      help: 'Of segments: read, written anew, and freed.',
      labelNames: ['kind'],
      registers,
    });
  }

  compacted(pass: PassResult & { readonly durationMs: number }): void {
    this.#seconds.observe(pass.durationMs / 1000);
    this.#bytes.inc({ kind: 'read' }, pass.bytesRead);
    this.#bytes.inc({ kind: 'written' }, pass.bytesWritten);
    this.#bytes.inc({ kind: 'freed' }, Math.max(0, pass.bytesFreed));
  }

  /** Gauges that are read at each scrape. */
  observe({ upkeep }: Engine): void {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, labelNames: string[], collect: (g: Gauge) => void) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          collect(this);
        },
      });
    gauge(
      'millrace_compaction_dirty_ratio',
      'Of the dirtiest partition of each compacted topic, at the last look.',
      ['topic'],
      (g) => {
        for (const [topic, ratio] of upkeep.dirtyRatios) g.set({ topic }, ratio);
      },
    );
    gauge('millrace_compaction_failures', 'Passes that have failed since the start.', [], (g) =>
      g.set(upkeep.compactionFailures),
    );
    gauge(
      'millrace_compaction_last_error',
      '1 with the code of the last pass that failed, until one ends well.',
      ['code'],
      (g) => {
        const { compactionError } = upkeep;
        if (compactionError !== undefined) g.set({ code: compactionError.code }, 1);
      },
    );
  }
}
