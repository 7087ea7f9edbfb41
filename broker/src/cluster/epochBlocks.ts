/**
 * Blocks of leader epochs (docs/decisions/0007-recovery-epochs.md). Each recovery election begins one; the elections up
 * to the next recovery count on within it. Copies remember durably the newest block that they know of, so that an epoch
 * is never given out twice, though a rewound store has forgotten it. Leader epochs are int32: room for 32,767 blocks.
 */
const BLOCK_EPOCHS = 65_536;
const EPOCH_MAX = 2 ** 31 - 1;

/** Epochs of before the first election, -1, are in the first block too. */
export function blockOf(leaderEpoch: number): number {
  return leaderEpoch < 0 ? 0 : Math.floor(leaderEpoch / BLOCK_EPOCHS);
}

/** Once there are no blocks left, the next epoch. */
export function firstEpochOfNextBlock(leaderEpoch: number): number {
  const first = (blockOf(leaderEpoch) + 1) * BLOCK_EPOCHS;
  return first <= EPOCH_MAX ? first : leaderEpoch + 1;
}
