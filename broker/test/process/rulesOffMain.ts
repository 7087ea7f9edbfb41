/** A broker process without the rules named in RULES_OFF, as JSON of RulesOff: what the real one must not do. */
import { BROKER_TABLE } from '@millrace/core/brokerConfig';
import { resolveConfig } from '@millrace/core/resolveConfig';
import { startBroker } from '../../src/broker.ts';
import { silentLogger } from '../../src/io/logger.ts';

const names = JSON.parse(process.env.RULES_OFF ?? '{}') as Record<string, string[]>;
const rulesOff = Object.fromEntries(
  Object.entries(names).map(([part, rules]) => [part, new Set(rules)]),
);
const { config } = resolveConfig(BROKER_TABLE, { file: undefined, env: process.env, flags: {} });
const die = (error: Error): never => {
  console.error(error);
  process.exit(1);
};
const { brokerId, ports } = await startBroker({
  config,
  version: '0',
  logger: silentLogger,
  discardLostJournal: false,
  onStorageFailed: die,
  onSuperseded: die,
  onRefused: die,
  rulesOff,
}).catch(die);
console.log(JSON.stringify({ event: 'ready', brokerId, ports }));
