/**
 * The folders in node_modules that some workspaces need at run time: what they depend on, and what that depends on, each
 * found as Node finds it, from the folder of who asks upwards.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Paths relative to `root`, sorted; links to workspaces are among them. Throws when a package that is needed is not
 * installed, or a workspace that is needed is not among `workspaces`.
 */
export function productionPackages(root: string, workspaces: readonly string[]): string[] {
  const found = new Set<string>();
  const known = new Set(workspaces.map((workspace) => path.join(root, workspace)));
  const visit = (folder: string): void => {
    for (const { name, isNeeded } of dependenciesOf(folder)) {
      const place = resolve(root, folder, name);
      if (place === undefined) {
        if (isNeeded) throw new Error(`${folder} needs ${name}, which is not installed`);
        continue;
      }
      const relative = path.relative(root, place);
      if (found.has(relative)) continue;
      found.add(relative);
      const real = realpathSync(place);
      if (real === place) visit(place);
      else if (!known.has(real)) throw new Error(`${folder} needs ${name}: list its files too`);
    }
  };
  for (const workspace of known) visit(workspace);
  return [...found].toSorted();
}

function dependenciesOf(folder: string): { name: string; isNeeded: boolean }[] {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  const optional = Object.keys(manifest.optionalDependencies ?? {});
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  );
  const needed = [...Object.keys(manifest.dependencies ?? {}), ...peers];
  return [
    ...needed.filter((name) => !optional.includes(name)).map((name) => ({ name, isNeeded: true })),
    ...optional.map((name) => ({ name, isNeeded: false })),
  ];
}

function resolve(root: string, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const place = path.join(folder, 'node_modules', name);
    if (existsSync(place)) return place;
    if (folder === root) return undefined;
  }
}
