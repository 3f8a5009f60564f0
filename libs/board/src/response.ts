/** How a board answers: who is told and when, and what is to be done. Groups, never persons: their addresses stand outside the journal. */
import type { CardId, GroupId, Label } from './names.js';
import type { Hours } from './rule.js';
import type { LevelDefinition, LevelId, Scheme, SchemeId } from './scheme.js';

export type { CardId, GroupId } from './names.js';

export interface GroupDefinition {
  id: GroupId;
  name: Label;
  /** `data`: owners of feeds and IT. Feed alerts go to them and never to clinicians. */
  kind: 'duty' | 'site' | 'system' | 'executive' | 'data';
  /** Outside these hours, and on bank holidays, `otherwise` is told instead. */
  hours?: Hours;
  otherwise?: GroupId;
  /** Alerts of severity watch wait until these hours are over. */
  quiet?: Hours;
  /** Told one after the other while nobody acknowledges an act or critical alert; times count from its raising. */
  climb: readonly { afterMs: number; group: GroupId }[];
}

export interface CardStep {
  id: string;
  text: Label;
  /** When it is to be begun: within 15 minutes, within the hour, every two hours, at stand-down. */
  phase: 'first-15' | 'first-hour' | 'two-hourly' | 'stand-down';
  /** Whose step it is. */
  role: Label;
}

export interface ActionCard {
  id: CardId;
  title: Label;
  /** Used by rules that name it, or begun when a level is reached. */
  level?: { scheme: SchemeId; n: number };
  steps: readonly CardStep[];
}

export interface ResponseDefinition {
  groups: Readonly<Record<GroupId, GroupDefinition>>;
  /** Bank holidays as local dates, "2026-12-25". */
  holidays: readonly string[];
  cards: Readonly<Record<CardId, ActionCard>>;
  schemes: Readonly<Record<SchemeId, Scheme>>;
  levels: Readonly<Record<LevelId, LevelDefinition>>;
  /** Told when the level of the system changes. */
  levelGroup?: GroupId;
}
