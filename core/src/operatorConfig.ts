/** Configuration of the operator process. (contracts.md, Configuration) */
import { type ConfigOf, choice, count, ms, text } from './configTable.ts';

export const OPERATOR_TABLE = {
  namespace: text({
    default: '',
    sentence: 'The one namespace that is served; empty: that of the pod.',
    kafka: null,
  }),
  podName: text({
    default: '',
    sentence: 'Name of this process in the Lease and in events; empty: the name of the machine.',
    kafka: null,
  }),
  leaseName: text({
    default: 'millrace-operator',
    sentence: 'Lease that elects the active one of several operators.',
    kafka: null,
  }),
  brokerImage: text({
    default: 'millrace:latest',
    sentence: 'Image of the brokers of a Cluster that names none when it is made.',
    kafka: null,
  }),
  brokerServiceAccount: text({
    default: 'default',
    sentence: 'Account of the pods of a Cluster that names none.',
    kafka: null,
  }),
  declaredCluster: text({
    default: '',
    sentence:
      'File with a Cluster that is applied when it is another than before, or gone; empty: none.',
    kafka: null,
  }),
  host: text({
    default: '0.0.0.0',
    sentence: 'Address of /livez, /readyz and /metrics.',
    kafka: null,
  }),
  httpPort: count({
    default: 7073,
    max: 65_535,
    sentence: 'Port of /livez, /readyz and /metrics. 0 takes any free port.',
    kafka: null,
  }),
  logLevel: choice(['error', 'warn', 'info', 'debug'], {
    default: 'info',
    sentence: 'Least severity of the lines written to standard error.',
    kafka: null,
  }),
  leaseDurationMs: ms({
    default: 15_000,
    min: 1000,
    sentence: 'The active operator is taken for dead when its Lease was not renewed for so long.',
    kafka: null,
  }),
  leaseRenewDeadlineMs: ms({
    default: 10_000,
    min: 500,
    sentence: 'The active operator ends itself when it could not renew its Lease for so long.',
    kafka: null,
  }),
  leaseRetryMs: ms({
    default: 2000,
    min: 100,
    sentence: 'Time between renewals of the Lease.',
    kafka: null,
  }),
  resyncMs: ms({
    default: 600_000,
    min: 1000,
    sentence: 'Everything is looked at again after so long, whether or not it changed.',
    kafka: null,
  }),
};

export type OperatorConfig = ConfigOf<typeof OPERATOR_TABLE>;
