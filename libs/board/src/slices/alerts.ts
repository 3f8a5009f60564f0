import type { BoardEvent } from '../events.js';
import { isUnowned, withTurn } from '../rules/alert.js';
import type { Draft } from './draft.js';

export function alertsSlice(draft: Draft, event: BoardEvent, at: number): void {
  const { alerts, rules, counts } = draft.state;
  switch (event.kind) {
    case 'AlertTurned': {
      const { rule, no } = event;
      const after = withTurn(alerts[rule], event, rules[rule]);
      if (after) draft.own('alerts')[rule] = after;
      else delete draft.own('alerts')[rule];
      if (no > counts.alerts) draft.own('counts').alerts = no;
      break;
    }
    case 'ActionRaised': {
      const alert = event.rule === undefined ? undefined : alerts[event.rule];
      if (alert && alert.no === event.alert) draft.own('alerts')[alert.rule] = { ...alert, actions: alert.actions + 1 };
      break;
    }
    case 'RuleShelved':
      draft.own('shelves')[event.rule] = { since: at, until: event.until, reason: event.reason, by: event.by };
      break;
    case 'RuleUnshelved': {
      const shelf = draft.state.shelves[event.rule];
      if (!shelf) break;
      delete draft.own('shelves')[event.rule];
      // Whoever should have been told is told now, and the ladder begins.
      const alert = alerts[event.rule];
      if (alert && isUnowned(alert)) draft.own('alerts')[alert.rule] = { ...alert, climbFrom: event.by ? at : Math.min(shelf.until, at), climbed: 0 };
      break;
    }
    default:
  }
}
