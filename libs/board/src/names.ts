/** What things are called, and the small words everything else is made of. Lowest floor of the model. */
export type BoardId = string;
export type ProviderId = string;
export type PlaceId = string;
export type MetricId = string;
export type FeedId = string;
/** `metric@place`, for example `ed.in-department@stoke-mandeville`. */
export type SeriesId = string;
/** A rolled-up figure of several series; written like a series, for example `beds.occupancy@system`. */
export type RollupId = string;
export type TileId = string;
/** Names one figure on the board: a series or a roll-up. */
export type FigureId = SeriesId | RollupId;

/** One text in both languages of the product. */
export interface Label {
  en: string;
  cy: string;
}

/** The line of a state. A value is in the band when it is over, at least, under or at most the number. */
export interface Band {
  over?: number;
  atLeast?: number;
  under?: number;
  atMost?: number;
}

/** `name@place` (or `name@feed` of a data rule): one rule watches one thing. */
export type RuleId = string;
export type GroupId = string;
export type CardId = string;
export type SchemeId = string;
export type LevelId = string;
export type ParameterId = string;

/** A person who did something, as the board names them. */
export interface Person {
  id: string;
  name: string;
}
