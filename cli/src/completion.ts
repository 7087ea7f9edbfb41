/** `millrace completion zsh|bash|fish|powershell` prints a script; the script asks `millrace complete -- ...`. */
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
}
