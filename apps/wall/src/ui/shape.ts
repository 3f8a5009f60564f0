/** Each state has its own outline, so that none is told by colour alone. */
export type Shape =
  'ok' | 'watch' | 'act' | 'critical' | 'doubt' | 'partial' | 'missing' | 'due' | 'late' | 'expired' | 'paused' | 'never' | 'unsent' | 'closed' | 'none';
