/**
 * The line protocol between the bench and a load process: one JSON command a line on stdin, one JSON reply a line on
 * stdout. KafkaLoad.java and peers/nats speak it too. A load process lives as long as the bench (warm code) and ends
 * when its stdin does.
 */
export type LoadCommand =
  | { op: 'create'; topic: string; partitions: number; replicationFactor: number }
  | { op: 'delete'; topic: string; partitions: number }
  | ({ op: 'fill'; records: number } & ProduceSettings)
  | ({ op: 'produce'; seconds: number; warmupSeconds: number } & ProduceSettings)
  | ({ op: 'rate'; seconds: number; warmupSeconds: number; perSecond: number } & ProduceSettings)
  /** `records` are in the topic: the size of one pass. */
  | ({ op: 'consume'; records: number; seconds: number } & ConsumeSettings);

export interface ConsumeSettings {
  topic: string;
  partitions: number;
  recordBytes: number;
}

export interface ProduceSettings extends ConsumeSettings {
  batchBytes: number;
  lingerMs: number;
}

/** Counts cover the measured window; `bytesAll` the whole command, to divide CPU by. Bytes are of record values. */
export interface LoadReply {
  records?: number;
  bytes?: number;
  bytesAll?: number;
  seconds?: number;
  /** Latencies from the intended send time to the acknowledgement, milliseconds. */
  p50Ms?: number;
  p99Ms?: number;
  p999Ms?: number;
  maxMs?: number;
  error?: string;
}
