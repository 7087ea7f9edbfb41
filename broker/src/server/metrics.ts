/** The metrics of contracts.md for Prometheus. Values that the engine knows are read when scraped, not counted twice. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Engine } from '../engine/engine.ts';
import type { EventLoopLag } from '../io/eventLoopLag.ts';
import type { LogObserver } from '../log/directory/logDirectoryOptions.ts';
import { CompactionMetrics } from './compactionMetrics.ts';
import type { Partition } from '../replication/partition.ts';

const SECONDS_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram;
  readonly #fsync: Histogram;
  readonly #checkpoint: Histogram;
  readonly #storeWrite: Histogram;
  readonly #journalBytes: Counter;
  readonly #appendBytes: Counter;
  readonly #fetchBytes: Counter;
  readonly #truncated: Counter;
  readonly #journalFull: Gauge;
  readonly #compaction: CompactionMetrics;

  constructor() {
    const registers = [this.registry];
    const seconds = (name: string, help: string, labelNames: string[] = []) =>
      new Histogram({ name, help, labelNames, buckets: SECONDS_BUCKETS, registers });
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers });
    this.#requests = seconds('millrace_request_seconds', 'Unary calls by method and error code.', [
      'method',
      'code',
    ]);
    this.#fsync = seconds('millrace_fsync_seconds', 'One fdatasync of the journal.');
    this.#checkpoint = seconds('millrace_checkpoint_seconds', 'One checkpoint of the log.');
    this.#storeWrite = seconds('millrace_store_write_seconds', 'Writes of the cluster store.', [
      'result',
    ]);
    this.#journalBytes = counter('millrace_journal_bytes_total', 'Written to the journal.');
    this.#appendBytes = counter('millrace_append_bytes_total', 'Of produce requests taken.', [
      'listener',
    ]);
    this.#fetchBytes = counter('millrace_fetch_bytes_total', 'Sent to readers.', ['listener']);
    this.#truncated = counter('millrace_truncated_records_total', 'Records cut off a log.', [
      'reason',
    ]);
    this.#compaction = new CompactionMetrics(this.registry);
    this.#journalFull = new Gauge({
      name: 'millrace_journal_full',
      help: '1 while appends wait because every journal file is needed.',
      registers,
    });
  }

  request(method: string, code: string, seconds: number): void {
    this.#requests.observe({ method, code }, seconds);
  }

  storeWritten(result: string, durationMs: number): void {
    this.#storeWrite.observe({ result }, durationMs / 1000);
  }

  appended(listener: string, bytes: number): void {
    this.#appendBytes.inc({ listener }, bytes);
  }

  fetched(listener: string, bytes: number): void {
    this.#fetchBytes.inc({ listener }, bytes);
  }

  /** For the log directory, which exists before the engine does. */
  readonly logObserver: LogObserver = {
    synced: (durationMs) => this.#fsync.observe(durationMs / 1000),
    checkpointed: (durationMs) => this.#checkpoint.observe(durationMs / 1000),
    journalWritten: (bytes) => this.#journalBytes.inc(bytes),
    compacted: (pass) => this.#compaction.compacted(pass),
    truncated: (reason, records) => this.#truncated.inc({ reason }, records),
    journalFull: (since) => this.#journalFull.set(since === undefined ? 0 : 1),
  };

  /** Gauges that are read from the engine at each scrape. */
  observe(engine: Engine, lag: EventLoopLag): void {
    const registers = [this.registry];
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
    this.#compaction.observe(engine);
    gauge('millrace_event_loop_lag_seconds', 'Since the last scrape.', ['quantile'], (g) => {
      const window = lag.takeWindow();
      g.set({ quantile: '0.5' }, window.p50Ms / 1000);
      g.set({ quantile: '0.99' }, window.p99Ms / 1000);
      g.set({ quantile: '1' }, window.maxMs / 1000);
    });
    gauge('millrace_partition_log_end_offset', 'Records ever appended, by topic.', ['topic'], (g) =>
      perTopic(engine, g, ({ log }) => log.logEndOffset),
    );
    gauge(
      'millrace_partition_high_watermark',
      'Records ever committed, by topic.',
      ['topic'],
      (g) => perTopic(engine, g, ({ highWatermark }) => highWatermark),
    );
    gauge('millrace_log_bytes', 'Of segments, by topic.', ['topic'], (g) =>
      perTopic(engine, g, ({ log }) => log.sizeBytes),
    );
    gauge('millrace_leaderless_partitions', 'Partitions that nobody leads.', [], (g) =>
      g.set(count(engine, ({ leader }) => leader === null)),
    );
    gauge('millrace_under_replicated_partitions', 'With replicas out of the ISR.', [], (g) =>
      g.set(count(engine, ({ isr, replicas }) => isr.length < replicas.length)),
    );
    gauge('millrace_under_min_isr_partitions', 'Too few in sync for acks=all.', [], (g) =>
      g.set(count(engine, ({ isr, minIsr }) => isr.length < minIsr)),
    );
    gauge('millrace_damaged_copies', 'Led from a damaged log: no other copy is in sync.', [], (g) =>
      g.set(damagedCopies(engine)),
    );
    gauge('millrace_controller_active', '1 on the broker that is the controller.', [], (g) =>
      g.set(engine.controller.active ? 1 : 0),
    );
    gauge('millrace_controller_epoch', 'Of the metadata that this broker has.', [], (g) =>
      g.set(engine.metadata.position.controllerEpoch),
    );
    gauge('millrace_produce_bytes_in_flight', 'Of produce requests in memory.', [], (g) =>
      g.set(engine.produceBudget.usedBytes),
    );
    gauge('millrace_log_dir_free_bytes', 'Free on the disk of the log.', [], (g) =>
      g.set(engine.freeBytes),
    );
    gauge('millrace_process_resident_bytes', 'Memory of the process.', [], (g) =>
      g.set(process.memoryUsage.rss()),
    );
  }
}

/** Over the copies of this broker. */
function perTopic(engine: Engine, gauge: Gauge, value: (partition: Partition) => number): void {
  for (const topic of engine.topics.all()) {
    let sum = 0;
    for (const partition of topic.partitions) if (partition !== undefined) sum += value(partition);
    gauge.set({ topic: topic.name }, sum);
  }
}

/** Of this broker. */
function damagedCopies(engine: Engine): number {
  let found = 0;
  for (const topic of engine.topics.all()) {
    for (const partition of topic.partitions) if (partition?.damage !== undefined) found += 1;
  }
  return found;
}

/** Over the partitions of the cluster. */
function count(engine: Engine, which: (status: PartitionStatus) => boolean): number {
  let found = 0;
  for (const topic of engine.topics.all()) found += topic.statuses.filter(which).length;
  return found;
}
