/**
 * Clauses of safety.md, with their rules, that the simulator can switch off to prove that its checks notice (Mutation
 * check). Production code passes none.
 */
export const logRules = {
  'acknowledge-after-sync': '2: an end counts only once the journal holds it, synced.',
  'sync-covers-what-was-before':
    '2: a sync covers exactly the groups written before it was issued.',
  'sync-full-file-first': '2: a full file is synced before the next begins.',
  'extent-after-segment-sync': '2: an extent is a frame only once its segment is synced.',
  'lost-appends-are-told':
    '2: a failed segment write ends the epoch: who waits for what is lost is told.',
  'line-ends-at-durable': "2: a checkpoint takes each copy's end at the synced sequence.",
  'checkpoint-syncs-first': '2: a checkpoint syncs segments before it names them.',
  'recycle-after-checkpoint': '2: journal files are recycled only once the checkpoint is durable.',
  'failed-sync-is-final': 'Pitfall 5: a failed sync is never retried.',
  'line-before-use': '6: the line of a new copy is durable before it is used.',
  'mint-after-corruption':
    '6, 12: what cannot prove that it holds all it acknowledged gets another copyId.',
  'truncation-frame-first': '8: a truncation is a durable frame before the segment is cut.',
  'async-line-lowered': '8: of an `async` log the line is lowered before the cut.',
  'cut-appends-are-told': '8: who waits for what a truncation removes is told.',
  'frames-durable-before-cut':
    '8, 11: a boot makes the frame of a truncation durable before it cuts below the line.',
  'frames-durable-before-void': '8, 11: or writes over what an extent names.',
  'marker-names-checkpoint': '10: the marker counts only beside the checkpoint that it names.',
  'cut-to-line': '11: each log is cut to its line and rewritten from the frames.',
  'cut-to-lowest-truncation': '11: or to the lowest truncation in the journal.',
  'truncations-bound-replay': '11: what a later truncation removes is not rewritten.',
  'extent-kept': '11: a log is not cut where extents vouch for what lies past its line.',
  'extent-checked': '11, 12: what an extent vouches for is compared with its CRC.',
  'extent-void-after-truncation':
    '11: what a later truncation removes of an extent is not asked for.',
  'needed-files-kept':
    '11: the journal of a boot begins in a file that recovery does not need any more.',
  'checkpoint-before-serving':
    '11: a checkpoint that names the journal of this boot comes before its ends count.',
  'torn-tail-keeps-copies': '11: a torn tail keeps the copyIds.',
  'journal-of-this-boot': '11: the journal of each boot has a secret of its own.',
  'recovery-syncs-all': '11: all is synced before the checkpoint of this boot.',
  'hole-is-corruption': '11, 12: a hole in what was synced is corruption.',
  'retention-below-watermark': '24: retention stays below the high watermark.',
  'compaction-below-watermark': '24: compaction stays below the high watermark.',
  'cleaned-is-synced':
    '24: a compacted segment is synced, name and all, before the swap is recorded.',
  'swap-is-recorded': '24: a swap is recorded before the first file changes.',
  'swap-recorded-until-line': '24: the record stays until a durable line counts the new segment.',
  'swap-void-after-cut': '24: a swap is void if the log was cut since it was planned.',
  'swap-blocks-cut': '24: a log is not cut where a swap is recorded.',
  'last-header-kept': "24: each producer's last batch header stays.",
  'log-end-kept': '24: the last header of a compacted segment stays.',
  'epoch-starts-kept':
    '24, 29: the first header of each leader epoch in a compacted segment stays.',
  'control-batches-kept': '24: control batches stay.',
  'tombstones-kept': '24: a tombstone stays for its time after it was compacted first.',
  'tombstones-asked-again':
    '24: how far tombstones may go is asked again, and told to whoever connects, in one tick before a swap.',
  'removed-below-is-durable': '24: how far tombstones have gone is durable before they go.',
  'unlink-after-line': '24: a segment goes only once the log start of the line is past it.',
} as const;

export type LogRule = keyof typeof logRules;

export type RulesOff = ReadonlySet<LogRule>;

export const allRules: RulesOff = new Set();
