import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

const helm = path.join(import.meta.dirname, '..');
const metrics = metricsOf('../broker/src/server');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const { groups } = parse(read('millrace/files/alerts.yaml')) as Rules;
const { panels } = JSON.parse(read('millrace/files/dashboard.json')) as Dashboard;
const expressions = [
  ...groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr] as const)),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

test('every expression of alerts and dashboard is PromQL', () => {
  // The interval is Grafana's to fill in.
  for (const [name, expr] of expressions) {
    assert.equal(faultOf(expr.replaceAll('$__rate_interval', '5m')), undefined, name);
  }
});

test('an expression that is not PromQL is noticed', () => {
  assert.notEqual(faultOf('sum by (pod (millrace_log_bytes)'), undefined);
});

test('every metric of alerts and dashboard is one that brokers have', () => {
  for (const [name, expr] of expressions) {
    for (const [metric] of expr.matchAll(/\bmillrace_\w+/g)) {
      // A label, and the parts of a histogram.
      if (metric === 'millrace_cluster') continue;
      const known = metrics.has(metric.replace(/_(bucket|count|sum)$/, '')) || metrics.has(metric);
      assert.ok(known, `${name}: brokers have no ${metric}`);
    }
  }
});

/** Undefined: it can be read to its end. */
function faultOf(expr: string): string | undefined {
  let fault: string | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) fault ??= `at ${from} of ${expr}`;
    },
  });
  return fault;
}

function metricsOf(folder: string): Set<string> {
  const source = readFileSync(path.join(helm, folder, 'metrics.ts'), 'utf8');
  return new Set([...source.matchAll(/'(millrace_\w+)'/g)].map(([, metric = '']) => metric));
}

function read(file: string): string {
  return readFileSync(path.join(helm, file), 'utf8');
}
