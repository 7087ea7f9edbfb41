/**
 * Clauses of safety.md that the simulator can switch off to prove that its checks notice (Mutation
 * check). Production code passes none.
 */
export type LogRule =
  /** 2: an end counts only once the journal holds it, synced. */
  | 'acknowledge-after-sync'
  /** 2: a sync covers exactly the groups written before it was issued. */
  | 'sync-covers-what-was-before'
  /** 2: a full file is synced before the next begins. */
  | 'sync-full-file-first'
  /** 2: an extent is a frame only once its segment is synced. */
  | 'extent-after-segment-sync'
  /** 2: a failed segment write ends the epoch: who waits for what is lost is told. */
  | 'lost-appends-are-told'
  /** 2: a checkpoint takes each copy's end at the synced sequence. */
  | 'line-ends-at-durable'
  /** 2: a checkpoint syncs segments before it names them. */
  | 'checkpoint-syncs-first'
  /** 2: journal files are recycled only once the checkpoint is durable. */
  | 'recycle-after-checkpoint'
  /** Pitfall 5: a failed sync is never retried. */
  | 'failed-sync-is-final'
  /** 8: a truncation is a durable frame before the segment is cut. */
  | 'truncation-frame-first'
  /** 10: the marker counts only beside the checkpoint that it names. */
  | 'marker-names-checkpoint'
  /** 11: each log is cut to its line and rewritten from the frames. */
  | 'cut-to-line'
  /** 11: or to the lowest truncation in the journal. */
  | 'cut-to-lowest-truncation'
  /** 11: what a later truncation removes is not rewritten. */
  | 'truncations-bound-replay'
  /** 11: a log is not cut to its line where extents vouch for what lies past it. */
  | 'extent-kept'
  /** 11, 12: what an extent vouches for is compared with its CRC. */
  | 'extent-checked'
  /** 11: what a later truncation removes of an extent is not asked for. */
  | 'extent-void-after-truncation'
  /** 11: the journal of a boot begins in a file that recovery does not need any more. */
  | 'needed-files-kept'
  /** 11: a checkpoint that names the journal of this boot comes before its ends count. */
  | 'checkpoint-before-serving'
  /** 11: a torn tail keeps the copyIds. */
  | 'torn-tail-keeps-copies'
  /** 11: the journal of each boot has a secret of its own. */
  | 'journal-of-this-boot'
  /** 8: of an `async` log the line is lowered before the cut. */
  | 'async-line-lowered'
  /** 8: who waits for what a truncation removes is told. */
  | 'cut-appends-are-told'
  /** 8, 11: a boot makes the frame of a truncation durable before it cuts below the line. */
  | 'frames-durable-before-cut'
  /** 11: all is synced before the checkpoint of this boot. */
  | 'recovery-syncs-all'
  /** 11, 12: a hole in what was synced is corruption. */
  | 'hole-is-corruption'
  /** 6, 12: what cannot prove that it holds all it acknowledged gets another copyId. */
  | 'mint-after-corruption'
  /** 6: the line of a new copy is durable before it is used. */
  | 'line-before-use'
  /** 24: retention stays below the high watermark. */
  | 'retention-below-watermark'
  /** 24: a segment goes only once the log start of the line is past it. */
  | 'unlink-after-line';

export type RulesOff = ReadonlySet<LogRule>;

export const allRules: RulesOff = new Set();
