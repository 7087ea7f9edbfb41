/**
 * Clauses of safety.md, with their rules, that the simulator can switch off to prove that its checks notice (Mutation
 * check). Production code passes none.
 */
export const controllerRules = {
  'proposal-against-epoch':
    '5: a change of an ISR counts only against the partition epoch that it was proposed against.',
  'refusal-raises-epoch':
    '5: a refusal settles nothing while a delayed write may land: the partition epoch rises first.',
  'conflict-revalidates':
    '5: after a conflict the change is checked again, not sent again with a fresh version.',
  'join-registered-copy': '6: only the copy that its live session reported joins an ISR.',
  'restart-new-epoch': '6: a restart never resumes a leader epoch.',
  'newest-boot-wins': '6: the newest registration of a broker id wins, the older is fenced.',
  'change-raises-epoch':
    '7: the partition epoch rises with every change, with that of a leader too.',
  'elect-in-sync': '7: a live ISR member is elected, else an eligible copy, else nobody.',
  'elect-reported-copy': '7: only a copy that its live session reported is elected.',
  'removed-below-min-is-eligible': '7: who leaves an ISR that falls below m becomes eligible.',
  'eligible-emptied-at-min': '7: the change that brings the ISR back to m empties the eligible.',
  'rewind-recovers': '9: a store with lower epochs than were seen has an untrustworthy ISR.',
  'recovery-counts-intact': '9: a recovery election takes n-m+1 intact answers.',
  'recovery-adopts-epoch': '9: only an answer given after the epoch was adopted counts.',
  'recovery-majority': '9: and more than half of the copies, so that two recoveries share one.',
  'recovery-begins-block':
    '9: the epoch of a recovery begins a block, in which all epochs up to the next recovery lie.',
  'recovery-epoch-unused':
    '9: a copy that had adopted the epoch before it was asked knows of another recovery: anew, above it.',
  'recovery-takes-greatest': '9: the greatest (lastEpoch, durableEnd) is elected.',
  'damaged-leader-leaves':
    '12: a damaged leader leaves the ISR in the change that elects another member.',
  'unclean-is-recorded': '13: an unclean election is recorded as uncleanEpoch.',
  'ids-by-cas': '15: a block of producer ids is taken by compare-and-set.',
  'lease-epoch-above-all':
    '18: a new controller epoch is above the lease, all assignments and what brokers report.',
  'stop-on-higher-epoch': '18: a controller stops on reading another holder or a higher epoch.',
  'min-isr-clears-eligible': '21: m changes only in the change that clears the eligible.',
  'first-leader-of-empty':
    '22: without an election only a partition leads that is new to every assigned broker.',
  'reassignment-in-sync': '26: a reassignment completes once all wanted replicas are in sync.',
  'silence-since-drain': '27: silence counts from the last drain of the sockets, own lag apart.',
  'silent-majority': '27: with more than half silent nobody is fenced, the lease is given up.',
  'last-member-stays': '27: the last member of an ISR is never removed.',
} as const;

export type ControllerRule = keyof typeof controllerRules;

export type ControllerRulesOff = ReadonlySet<ControllerRule>;

export const allControllerRules: ControllerRulesOff = new Set();
