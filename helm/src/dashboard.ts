/** The Grafana dashboard, from a table of panels. */

interface Panel {
  readonly title: string;
  readonly unit: string;
  /** Expression by legend. */
  readonly queries: Readonly<Record<string, string>>;
}

const WHERE = 'namespace=~"$namespace",millrace_cluster=~"$cluster"';
const perSecond = (metric: string, by: string): string =>
  `sum by (${by}) (rate(${metric}{${WHERE}}[$__rate_interval]))`;
const largest = (metric: string): string => `max(${metric}{${WHERE}})`;
const quantile = (q: number, metric: string): string =>
  `histogram_quantile(${q}, ${perSecond(`${metric}_bucket`, 'pod, le')})`;

const PANELS: readonly Panel[] = [
  {
    title: 'Partitions that need somebody',
    unit: 'short',
    queries: {
      'no leader': largest('millrace_leaderless_partitions'),
      'too few in sync for acks=all': largest('millrace_under_min_isr_partitions'),
      'a copy is missing': largest('millrace_under_replicated_partitions'),
    },
  },
  {
    title: 'Brokers and controllers',
    unit: 'short',
    queries: {
      brokers: `count(millrace_controller_active{${WHERE}})`,
      controllers: `sum(millrace_controller_active{${WHERE}})`,
    },
  },
  {
    title: 'Produced',
    unit: 'Bps',
    queries: { '{{pod}}': perSecond('millrace_append_bytes_total', 'pod') },
  },
  {
    title: 'Sent to readers',
    unit: 'Bps',
    queries: { '{{pod}}': perSecond('millrace_fetch_bytes_total', 'pod') },
  },
  {
    title: 'Records per second, by topic',
    unit: 'short',
    // Each copy counts them: the largest of the brokers is the leader's or as good.
    queries: {
      '{{topic}}': `max by (topic) (rate(millrace_partition_high_watermark{${WHERE}}[$__rate_interval]))`,
    },
  },
  {
    title: 'Sync of the journal',
    unit: 's',
    queries: {
      'p50 {{pod}}': quantile(0.5, 'millrace_fsync_seconds'),
      'p99 {{pod}}': quantile(0.99, 'millrace_fsync_seconds'),
    },
  },
  {
    title: 'Unary calls by error',
    unit: 'reqps',
    queries: {
      '{{code}}': perSecond('millrace_request_seconds_count', 'code'),
    },
  },
  {
    title: 'Event loop lag, p99',
    unit: 's',
    queries: { '{{pod}}': `millrace_event_loop_lag_seconds{${WHERE},quantile="0.99"}` },
  },
  {
    title: 'Free on disk',
    unit: 'bytes',
    queries: { '{{pod}}': `millrace_log_dir_free_bytes{${WHERE}}` },
  },
  {
    title: 'Log on disk, by topic',
    unit: 'bytes',
    queries: { '{{topic}}': `sum by (topic) (millrace_log_bytes{${WHERE}})` },
  },
  {
    title: 'Produce requests in memory',
    unit: 'bytes',
    queries: { '{{pod}}': `millrace_produce_bytes_in_flight{${WHERE}}` },
  },
  {
    title: 'Memory',
    unit: 'bytes',
    queries: { '{{pod}}': `millrace_process_resident_bytes{${WHERE}}` },
  },
];

const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

export function dashboard(): object {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    uid: 'millrace',
    title: 'Millrace',
    tags: ['millrace'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        variable('namespace', 'label_values(millrace_controller_active, namespace)'),
        variable(
          'cluster',
          'label_values(millrace_controller_active{namespace=~"$namespace"}, millrace_cluster)',
        ),
      ],
    },
    panels: PANELS.map(({ title, unit, queries }, index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      datasource,
      gridPos: {
        x: (index % COLUMNS) * WIDTH,
        y: Math.floor(index / COLUMNS) * HEIGHT,
        w: WIDTH,
        h: HEIGHT,
      },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
        refId: String.fromCodePoint('A'.charCodeAt(0) + target),
        datasource,
        expr,
        legendFormat,
      })),
    })),
  };
}

function variable(name: string, query: string): object {
  return {
    name,
    type: 'query',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    query,
    refresh: 2,
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
  };
}
