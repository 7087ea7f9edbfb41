/**
 * Runs the harness in network, mount and process namespaces of its own: links can be blocked and disks mounted without
 * anybody else noticing, and no broker outlives it, however it dies. Without root it asks for a user namespace too.
 */
import { spawnSync } from 'node:child_process';

const MARK = 'MILLRACE_CHAOS_ISOLATED';

export function isIsolated(): boolean {
  return process.env[MARK] === '1';
}

/** Does not return where it works: the same program begins anew, inside. Returns why it does not work. */
export function isolate(): string {
  if (process.platform !== 'linux' || process.execve === undefined) return 'this is not Linux';
  const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  if (process.getuid?.() !== 0) flags.push('--user', '--map-root-user');
  const probe = spawnSync('unshare', [...flags, 'ip', 'link', 'set', 'lo', 'up'], {
    encoding: 'utf8',
  });
  if (probe.status !== 0) {
    return `no namespaces: ${probe.error?.message ?? probe.stderr.trim().split('\n')[0] ?? ''}`;
  }
  const unshare = spawnSync('sh', ['-c', 'command -v unshare'], { encoding: 'utf8' }).stdout.trim();
  const env = { ...process.env, [MARK]: '1' };
  return process.execve(
    unshare,
    ['unshare', ...flags, process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    env,
  );
}
