/** The way between two tiles as a curve from edge to edge, in the pathway's own pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Way {
  path: string;
  /** Triangle at the receiving end. */
  head: string;
  /** Middle and direction (degrees), where a blocked way gets its bars. */
  middle: { x: number; y: number; turn: number };
}

/** Which edge a link leaves and enters by; `along` is the direction it travels in. */
function edges(from: Box, to: Box): { along: 'x' | 'y'; sign: 1 | -1 } {
  const apartX = Math.max(to.x - (from.x + from.width), from.x - (to.x + to.width));
  const apartY = Math.max(to.y - (from.y + from.height), from.y - (to.y + to.height));
  return apartX >= apartY ? { along: 'x', sign: to.x >= from.x ? 1 : -1 } : { along: 'y', sign: to.y >= from.y ? 1 : -1 };
}

export interface LinkEnds {
  from: string;
  to: string;
}

/**
 * Links that share an edge are spread over it in the order of where they go, so that they do not cross there.
 * `lane` is the distance between two of them.
 */
export function ways(links: readonly LinkEnds[], boxes: ReadonlyMap<string, Box>, lane: number, headLength: number): (Way | undefined)[] {
  const known = links.map(({ from, to }) => {
    const a = boxes.get(from);
    const b = boxes.get(to);
    return a && b ? { from, to, a, b, ...edges(a, b) } : undefined;
  });
  const centre = (box: Box, along: 'x' | 'y'): number => (along === 'x' ? box.y + box.height / 2 : box.x + box.width / 2);
  const offset = (i: number, end: 'from' | 'to'): number => {
    const own = known[i]!;
    const other = end === 'from' ? 'b' : 'a';
    const sharing = known.flatMap((one, j) =>
      one && one[end] === own[end] && one.along === own.along && one.sign === own.sign ? [{ j, at: centre(one[other], one.along) }] : [],
    );
    sharing.sort((p, q) => p.at - q.at || p.j - q.j);
    return (sharing.findIndex(({ j }) => j === i) - (sharing.length - 1) / 2) * lane;
  };
  return known.map((one, i) => {
    if (!one) return undefined;
    const { a, b, along, sign } = one;
    const start = { x: 0, y: 0 };
    const end = { x: 0, y: 0 };
    const across = along === 'x' ? 'y' : 'x';
    const length = along === 'x' ? 'width' : 'height';
    start[along] = sign > 0 ? a[along] + a[length] : a[along];
    end[along] = (sign > 0 ? b[along] : b[along] + b[length]) - sign * headLength;
    start[across] = centre(a, along) + offset(i, 'from');
    end[across] = centre(b, along) + offset(i, 'to');
    const half = (start[along] + end[along]) / 2;
    const c1 = { ...start, [along]: half };
    const c2 = { ...end, [along]: half };
    const tip = { ...end, [along]: end[along] + sign * headLength };
    const wing = headLength * 0.85;
    const left = { ...end, [across]: end[across] - wing };
    const right = { ...end, [across]: end[across] + wing };
    const turn = Math.atan2(0.75 * (end.y - start.y + c2.y - c1.y), 0.75 * (end.x - start.x + c2.x - c1.x));
    return {
      path: `M${start.x} ${start.y}C${c1.x} ${c1.y} ${c2.x} ${c2.y} ${end.x} ${end.y}`,
      head: `M${left.x} ${left.y}L${tip.x} ${tip.y}L${right.x} ${right.y}Z`,
      middle: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2, turn: (turn * 180) / Math.PI },
    };
  });
}
