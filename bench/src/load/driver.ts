/**
 * The seam between the generator of load (when to send, what to count) and a client in Node (how to send). Peers in
 * other languages have generators of their own.
 */
import type { ConsumeSettings, ProduceSettings } from './protocol.ts';

export interface LoadDriver {
  create(topic: string, partitions: number, replicationFactor: number): Promise<void>;
  delete(topic: string): Promise<void>;
  openProducer(settings: ProduceSettings): Promise<LoadProducer>;
  /** Reads every partition from its beginning; resolves once `onRecords` returned 'stop'. */
  consume(
    from: ConsumeSettings,
    onRecords: (records: number, bytes: number) => 'more' | 'stop',
  ): Promise<void>;
}

export interface LoadProducer {
  /** Records acknowledged so far; throws once a send failed. */
  acked(): number;
  /** Sends up to `recordsMax` records at any partition, or fewer when memory is full; returns how many. */
  sendMany(recordsMax: number): number;
  /** Resolves when `sendMany` can go on. Must let the event loop turn. */
  room(): Promise<void>;
  /** Sends one record at once; `onAcked` is called at its acknowledgement. */
  sendOne(partition: number, onAcked: () => void): void;
  /** Resolves once all is acknowledged and the producer is closed. */
  finish(): Promise<void>;
}
