import type {
  ControllerRule,
  ControllerRulesOff,
} from '../../../../src/controller/controllerRules.ts';
import type {
  ReplicationRule,
  ReplicationRulesOff,
} from '../../../../src/replication/replicationRules.ts';

/** What random schedules meet too rarely: a schedule that leads there, of production code on simulated disks and networks. */
interface Story<Rule, RulesOff> {
  /** The clause that it is about. */
  readonly rule: Rule;
  readonly promise: string;
  /** Throws an AssertionError where the promise is broken. The seed decides how long everything takes. */
  readonly tell: (rulesOff: RulesOff, seed: number) => Promise<void>;
}

export type ReplicationStory = Story<ReplicationRule, ReplicationRulesOff>;
export type ControllerStory = Story<ControllerRule, ControllerRulesOff>;
