/** What the operating system knows of other processes; a number alone proves nothing, since numbers are used again. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether the number is taken, even by a dead process that nobody has collected yet. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Something that differs between two processes that had the same number; '' when dead or not known here. */
export function birthOf(pid: number): string {
  if (process.platform !== 'linux') return ps(pid, 'lstart=');
  const [state, ...fields] = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return state === 'Z' ? '' : (fields[18] ?? '');
}

export function commandOf(pid: number): string {
  return process.platform === 'linux' ? read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') : ps(pid, 'command=');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ps(pid: number, column: string): string {
  return process.platform === 'win32' ? '' : (spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '').trim();
}
