/**
 * Escalation schemes as data (OPEL, Wales, REAP, GPAS …): nothing about one of them is in code. A scheme turns parameters
 * into points, points into a level; a level definition says whose figures they are.
 */
import type { Band, FigureId, Label, LevelId, ParameterId, ProviderId, SchemeId } from './names.js';

export type { LevelId, ParameterId, SchemeId } from './names.js';

export interface SchemeLevel {
  n: number;
  name: Label;
  /** What the level means, one sentence. */
  meaning: Label;
  /** How serious it looks on the wall. */
  look: 'ok' | 'watch' | 'act' | 'critical';
}

export interface SchemeParameter {
  id: ParameterId;
  label: Label;
  /** The first band that fits gives the points, worst first; none fits: 0 points, band 0. */
  bands: readonly { band: Band; points: number }[];
  /** False: these bands or points were not found in the published table. */
  confirmed: boolean;
  /** A value that is no longer current counts, marked as carried, for so long; then it is missing. */
  carryMs: number;
  /** Part of this pillar, where a scheme has pillars. */
  pillar?: string;
}

export interface Scheme {
  id: SchemeId;
  name: Label;
  /** Short, before the number: "OPEL". */
  mark: string;
  version: string;
  /** Whose scheme it is. */
  issuer: string;
  source: string;
  /** Local dates in force. */
  from: string;
  to?: string;
  /** Signed off by an administrator; left out: everything of it is shown as indicative. */
  signedOff?: { by: string; on: string };
  mode: 'calculated' | 'declared' | 'both';
  levels: readonly SchemeLevel[];
  parameters: readonly SchemeParameter[];
  /** Score (sum of points) at most `upTo` is level `level`; ascending. */
  cuts: readonly { upTo: number; level: number }[];
  /** sum of points, or worst band of any parameter, or worst pillar. */
  how: 'sum' | 'worst' | 'worst-pillar';
  /** Pillars and their own cuts, by id. */
  pillars?: Readonly<Record<string, { name: Label; cuts: readonly { upTo: number; level: number }[] }>>;
  /** A calculated level must stand for so long before it is raised, or lowered. */
  hold: { raiseMs: number; lowerMs: number };
  /** A declared level runs out after so long unless it is renewed. */
  declaredMs: number;
}

/** A level that is worked out or declared: of a provider, or of the system from its providers. */
export interface LevelDefinition {
  id: LevelId;
  scheme: SchemeId;
  name: Label;
  /** Left out: the whole system. */
  provider?: ProviderId;
  /** Where the parameters are measured. */
  parameters?: Readonly<Record<ParameterId, FigureId>>;
  /** Weighted sum of the scores of other levels; local dates, `to` not included. */
  of?: readonly { level: LevelId; weight: number; from: string; to?: string }[];
  /** What the weights stand for, e.g. adult general and acute beds. */
  basis?: Label;
}
