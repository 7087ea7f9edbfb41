/** The only source of randomness in the broker: ids and secrets of it are as good as the chosen one. */
export interface Random {
  /** A buffer of its own with `length` random bytes. */
  bytes(length: number): Buffer;
  /** A uniform integer in [0, maxExclusive); `maxExclusive` is a positive integer below 2**48. */
  int(maxExclusive: number): number;
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
}
