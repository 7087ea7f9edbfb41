/** The log of one copy as its files hold it. */
export interface CopyBatch {
  readonly baseOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
  /** Of all its bytes. */
  readonly digest: string;
  /** Its CRC-32C is right. */
  readonly isIntact: boolean;
}

export interface CopyLog {
  readonly brokerId: number;
  readonly copyId: string;
  /** It was in the ISR when the brokers were told to stop. */
  readonly inIsr: boolean;
  /** By rising offset. */
  readonly batches: readonly CopyBatch[];
  /** Why reading ended before the end of its files. */
  readonly fault: string | undefined;
  /** The run flipped bits in a segment of this very copy: what is not intact there is the run's doing. */
  readonly isDamagedByUs: boolean;
}
