import type { ControllerRulesOff } from '../controller/controllerRules.ts';
import type { CoordinatorRulesOff } from '../coordinator/coordinatorRules.ts';
import type { GroupRulesOff } from '../groups/groupRules.ts';
import type { ReplicationRulesOff } from '../replication/replicationRules.ts';

/** Clauses of safety.md that tests switch off to prove that they notice. Production code passes none. */
export const engineRules = {
  'boot-from-image':
    '19: restarted while the store is out, a broker follows from its cached image.',
  'unknown-topics-kept': '25: local data goes on a tombstone, not because the store lost a topic.',
  'moved-copy-kept': '25: a copy that moves away stays until the reassignment is complete.',
} as const;

export type EngineRule = keyof typeof engineRules;

export type EngineRulesOff = ReadonlySet<EngineRule>;

export const allEngineRules: EngineRulesOff = new Set();

/** Only the simulator and tests switch rules off. */
export interface RulesOff {
  readonly controller?: ControllerRulesOff;
  readonly replication?: ReplicationRulesOff;
  readonly engine?: EngineRulesOff;
  readonly coordinator?: CoordinatorRulesOff;
  readonly groups?: GroupRulesOff;
}
