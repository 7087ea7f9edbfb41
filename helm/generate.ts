/**
 * Writes what is generated in the chart: the CRDs (manifests/crds, with Helm's order to keep them), values.schema.json, the
 * table in its README and the dashboard. With `--check` it writes nothing and exits 1 where something differs.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { dashboard } from './src/dashboard.ts';
import { ofCrd } from './src/jsonSchema.ts';
import { valuesSchema } from './src/valuesSchema.ts';
import { withValueTable } from './src/valueTable.ts';

interface Crd {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly schema: {
        readonly openAPIV3Schema: { readonly properties: Readonly<Record<string, unknown>> };
      };
    }[];
  };
}

const KEEP = { 'helm.sh/resource-policy': 'keep' };
const chart = path.join(import.meta.dirname, 'millrace');
const manifests = path.join(import.meta.dirname, '../manifests/crds');
const isCheck = process.argv.includes('--check');
let differing = 0;

const crds = globSync('*.yaml', { cwd: manifests }).map((file) => ({
  file,
  crd: parse(readFileSync(path.join(manifests, file), 'utf8')) as Crd,
}));
mkdirSync(path.join(chart, 'files/crds'), { recursive: true });
for (const { file, crd } of crds) {
  const { annotations, ...metadata } = crd.metadata;
  const kept = { ...crd, metadata: { ...metadata, annotations: { ...annotations, ...KEEP } } };
  write(`files/crds/${file}`, stringify(kept, { lineWidth: 0 }));
}
const cluster = crds.find(({ crd }) => crd.spec.names.kind === 'Cluster')?.crd;
const clusterSpec = cluster?.spec.versions[0]?.schema.openAPIV3Schema.properties.spec;
if (clusterSpec === undefined) throw new Error('manifests/crds has no Cluster');
const schema = valuesSchema(ofCrd(clusterSpec));
const values: unknown = parse(read('values.yaml'));
write('values.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
write('files/dashboard.json', `${JSON.stringify(dashboard(), null, 2)}\n`);
write('README.md', withValueTable(read('README.md'), schema, values));
process.exit(differing === 0 ? 0 : 1);

function read(file: string): string {
  return readFileSync(path.join(chart, file), 'utf8');
}

function write(file: string, content: string): void {
  const place = path.join(chart, file);
  const isSame = globSync(place).length > 0 && readFileSync(place, 'utf8') === content;
  if (isSame) return;
  if (!isCheck) return writeFileSync(place, content);
  differing++;
  process.stderr.write(`${place} is not what helm/generate.ts writes\n`);
}
