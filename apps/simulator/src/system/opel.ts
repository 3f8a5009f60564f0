/**
 * An indicative score in the manner of OPEL 2023/24. Its nine parameters and the cut-offs 12, 23 and 34 of 44 are
 * known; the points of each band are assumed here. Good enough to declare the level of a demo, and for nothing else.
 */
export interface Parameters {
  handover: number;
  fourHour: number;
  variation: number;
  majors: number;
  toTreatment: number;
  overTwelve: number;
  occupancy: number;
  escalation: number;
  noCriteria: number;
}

/** Three lines each; a falling row means that less is worse. */
const BANDS: Record<keyof Parameters, { from: readonly [number, number, number]; points: number }> = {
  handover: { from: [15, 30, 60], points: 6 },
  fourHour: { from: [95, 76, 60], points: 3 },
  variation: { from: [2, 10, 20], points: 3 },
  majors: { from: [80, 100, 120], points: 6 },
  toTreatment: { from: [60, 120, 180], points: 4 },
  overTwelve: { from: [2, 5, 10], points: 6 },
  occupancy: { from: [92, 95, 98], points: 6 },
  escalation: { from: [2, 4, 6], points: 5 },
  noCriteria: { from: [10, 13, 15], points: 5 },
};

/** What a parameter counts for when none, one, two or three of its lines are crossed. */
const SHARES = [0, 0.5, 0.8, 1];

export function scoreOf(parameters: Parameters): number {
  let score = 0;
  for (const [name, { from, points }] of Object.entries(BANDS)) {
    const value = parameters[name as keyof Parameters];
    const falling = from[0] > from[2];
    const reached = from.filter((line) => (falling ? value < line : value > line)).length;
    score += points * SHARES[reached]!;
  }
  return score;
}

export function levelOfScore(score: number): number {
  return score < 12 ? 1 : score < 23 ? 2 : score < 34 ? 3 : 4;
}
