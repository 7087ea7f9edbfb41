/**
 * Clauses of safety.md that the simulator can switch off to prove that its checks notice (Mutation check). Production
 * code passes none.
 */
export type ReplicationRule =
  /** 1: what an epoch appended is acknowledged in that epoch or `unknown`. */
  | 'acknowledge-in-epoch'
  /** 1: acks=all is refused while |ISR| < m. */
  | 'append-needs-min-isr'
  /** 3: a fetch of another leader epoch moves nothing. */
  | 'fetch-in-epoch'
  /** 3: a fetch is checked for divergence with its last fetched epoch. */
  | 'fetch-checks-divergence'
  /** 3: only a fetch under the expected copyId moves follower state. */
  | 'fetch-under-copy'
  /** 3: a durableEnd that goes back within an epoch is REGRESSED. */
  | 'durable-end-never-falls'
  /** 3: what counts for the high watermark is the durableEnd, not the log end. */
  | 'durable-end-counts'
  /** 4: the maximal ISR bounds the high watermark, not the committed one. */
  | 'watermark-spans-maximal-isr'
  /** 4: it moves only while |committed ISR| >= m. */
  | 'watermark-needs-min-isr'
  /** 4: a member without a passing fetch in this epoch blocks it. */
  | 'unheard-member-blocks'
  /** 4: offsets are told once it has reached the epoch's start. */
  | 'offsets-after-epoch-start'
  /** 5: only a greater partition epoch settles a proposal. */
  | 'greater-epoch-settles'
  /** 5: what is resent is the identical proposal. */
  | 'resend-identical'
  /** 5: a copy joins only with its durableEnd at or past the high watermark and the epoch's start. */
  | 'join-caught-up'
  /** 6: a leader is this very boot of this very copy. */
  | 'leader-is-this-boot'
  /** 6: RESET and REGRESSED mint the copyId anew. */
  | 'lost-copy-is-minted'
  /** 8: truncation is to the smaller of the two end offsets. */
  | 'truncate-to-smaller-end'
  /** 8: a follower truncates before it appends what diverges: the next fetch comes after it. */
  | 'truncate-before-fetch'
  /** 8: never below one's own high watermark, but for an unclean election. */
  | 'truncate-above-watermark'
  /** 9: a status below an epoch that the copy has seen or adopted is refused. */
  | 'lower-epoch-refused'
  /** 9: an epoch is adopted durably before it is answered. */
  | 'adopted-epoch-durable'
  /** 9: wasIsr is durable only once the copy is in the committed ISR. */
  | 'was-isr-after-commit'
  /** 14: reads are strictly below the high watermark. */
  | 'read-below-watermark'
  /** 21: the effective minimum comes with the partition state, recorded before it counts. */
  | 'min-isr-recorded'
  /** 23: a follower in the ISR halts on RESET. */
  | 'reset-outside-isr';

export type ReplicationRulesOff = ReadonlySet<ReplicationRule>;

export const allReplicationRules: ReplicationRulesOff = new Set();
