import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { OPERATOR_TABLE } from '@millrace/core/operatorConfig';

const template = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../millrace/templates', name), 'utf8');

it('all operators of a namespace elect by one Lease, which alone they may write', () => {
  assert.doesNotMatch(template('operator/deployment.yaml'), /MILLRACE_LEASE_NAME/);
  const { default: name } = OPERATOR_TABLE.leaseName;
  assert.match(template('leases.yaml'), new RegExp(`resourceNames: \\[${name}\\]`));
});

it('the operator reaches brokers as a client does, whoever else may', () => {
  const [, peers = ''] =
    /(# Between brokers[^]*?)# Clients/.exec(template('policy/networkpolicy.yaml')) ?? [];
  assert.match(peers, /operatorSelector[^]*port: 7071/);
});

it('the operator deletes nothing but brokers that left, pods, and disks that were asked for', () => {
  const rules = template('operator/role.yaml').split('- apiGroups:').slice(1);
  const deleting = rules.filter((rule) => /verbs:.*delete/.test(rule));
  const resources = deleting.map((rule) => /resources: \[(.*)\]/.exec(rule)?.[1]);
  assert.deepEqual(resources, ['brokers', 'pods', 'persistentvolumeclaims']);
});
