/** Words for a goal wherever it stands: on the wall's strip, on the cell's page, before a huddle. */
import type { GoalStanding } from '@comm-cell/board/views/goals';
import type { Tongue } from '../../words.js';

const en = {
  goals: 'Goals',
  by: (day: string) => `by ${day}`,
  overdue: 'its time is over',
  notMeasured: 'not measured yet',
  noFigure: 'its figure is gone',
  standing: {
    agreed: 'not reviewed yet',
    'on-track': 'on track',
    'off-track': 'off track',
    'cannot-tell': 'cannot tell',
    'review-due': 'review due',
  } satisfies Record<GoalStanding, string>,
};
export type GoalWords = typeof en;

const cy: GoalWords = {
  goals: 'Nodau',
  by: (day) => `erbyn ${day}`,
  overdue: 'daeth ei amser i ben',
  notMeasured: 'heb ei fesur eto',
  noFigure: 'nid yw ei ffigur yma mwyach',
  standing: {
    agreed: 'heb ei adolygu eto',
    'on-track': 'ar y trywydd iawn',
    'off-track': 'oddi ar y trywydd',
    'cannot-tell': 'ni ellir dweud',
    'review-due': 'mae’n bryd adolygu',
  },
};
export const goalWords: Record<Tongue, GoalWords> = { en, cy };
