/**
 * Named places at which a test may kill the process: CRASHPOINT=append.after-commit:3 dies there at the third
 * pass, as hard as kill -9. Nothing happens unless the variable is set.
 */
const [wanted, nth = '1'] = (process.env.CRASHPOINT ?? '').split(':');
let passes = 0;

export type Crashpoint = 'append.before' | 'append.after-commit' | 'append.after-evolve' | 'publish.after' | 'checkpoint.after' | 'receipt.before-answer';

export function crashpoint(name: Crashpoint): void {
  if (name !== wanted) return;
  passes++;
  if (passes === Number(nth)) process.kill(process.pid, 'SIGKILL');
}
