/**
 * Clauses of safety.md, with their rules, that the simulator can switch off to prove that its checks notice (Mutation
 * check). Production code passes none.
 */
export const replicationRules = {
  'acknowledge-in-epoch': '1: what an epoch appended is acknowledged in that epoch or `unknown`.',
  'append-needs-min-isr': '1: acks=all is refused while |ISR| < m.',
  'fetch-in-epoch': '3: a fetch of another leader epoch moves nothing.',
  'fetch-checks-divergence': '3: a fetch is checked for divergence with its last fetched epoch.',
  'fetch-under-copy': '3: only a fetch under the expected copyId moves follower state.',
  'durable-end-never-falls': '3: a durableEnd that goes back within an epoch is REGRESSED.',
  'durable-end-counts': '3: what counts for the high watermark is the durableEnd, not the log end.',
  'watermark-spans-maximal-isr':
    '4: the maximal ISR bounds the high watermark, not the committed one.',
  'watermark-needs-min-isr': '4: it moves only while |committed ISR| >= m.',
  'unheard-member-blocks': '4: a member without a passing fetch in this epoch blocks it.',
  'offsets-after-epoch-start': "4: offsets are told once it has reached the epoch's start.",
  'greater-epoch-settles': '5: only a greater partition epoch settles a proposal.',
  'resend-identical': '5: what is resent is the identical proposal.',
  'one-change-in-flight': '5: while a change is not settled no other is proposed.',
  'join-caught-up':
    "5: a copy joins only with its durableEnd at or past the high watermark and the epoch's start.",
  'leader-is-this-boot': '6: a leader is this very boot of this very copy.',
  'truncate-to-smaller-end': '8: truncation is to the smaller of the two end offsets.',
  'truncate-above-watermark':
    "8: never below one's own high watermark, but for an unclean election.",
  'lower-epoch-refused': '9: a status below an epoch that the copy has seen or adopted is refused.',
  'adopted-epoch-durable': '9: an epoch is adopted durably before it is answered.',
  'was-isr-after-commit': '9: wasIsr is durable only once the copy is in the committed ISR.',
  'file-reads-checked':
    '12: what a leader reads from its files for a follower has its CRC, or the copy is damaged.',
  'read-below-watermark': '14: reads are strictly below the high watermark.',
  'sequences-checked': '15: a batch that is in the log already is not appended again.',
  'duplicate-awaits-watermark':
    '15: a duplicate waits for the high watermark as its original does.',
  'min-isr-recorded':
    '21: the effective minimum comes with the partition state, recorded before it counts.',
  'stale-copy-is-reset':
    '24: a copy with records that fetches below where tombstones are gone is RESET.',
  'begins-under-leader':
    '24: a copy that begins empty has recorded how far tombstones are gone before it takes a record.',
  'reset-outside-isr': '23: a follower in the ISR halts on RESET.',
} as const;

export type ReplicationRule = keyof typeof replicationRules;

export type ReplicationRulesOff = ReadonlySet<ReplicationRule>;

export const allReplicationRules: ReplicationRulesOff = new Set();
