/** The same rule about another figure. Pure. */
import type { FigureId } from '@comm-cell/board/definition';
import type { Condition, PlainCondition, Rule } from '@comm-cell/board/rule';
import { figuresOf } from '@comm-cell/board/rules/watched';

function placeOf(figure: FigureId): string {
  return figure.slice(figure.lastIndexOf('@') + 1);
}

/**
 * `rule` over `figure` in place of the one it is about. What else it names at the same place moves along: a share of the
 * own capacity stays one. A rule about late data has no figure and stays as it is.
 */
export function ruleOver(rule: Rule, figure: FigureId): Rule {
  const about = figuresOf(rule.when)[0];
  if (about === undefined || about === figure) return rule;
  const move = (other: FigureId): FigureId => {
    if (other === about) return figure;
    return placeOf(other) === placeOf(about) ? `${other.slice(0, other.lastIndexOf('@'))}@${placeOf(figure)}` : other;
  };
  const moved = (part: PlainCondition): PlainCondition => {
    switch (part.kind) {
      case 'late':
        return part;
      case 'share':
        return { ...part, figure: move(part.figure), of: move(part.of) };
      case 'difference':
        return { ...part, figure: move(part.figure), less: move(part.less) };
      default:
        return { ...part, figure: move(part.figure) };
    }
  };
  const when: Condition = rule.when.kind === 'composite' ? { ...rule.when, of: rule.when.of.map(moved) } : moved(rule.when);
  return rule.least ? { ...rule, when, least: { ...rule.least, figure: move(rule.least.figure) } } : { ...rule, when };
}
