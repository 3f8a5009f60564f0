import { describe, expect, it } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import { NOT_IN_RETURN, rowsOf } from '../src/winter/figures.js';
import { readWinter, winterNames } from '../src/winter/sitrep.js';

const board = loadBoard('winter-replay');
const NOW = '2026-11-22T10:00:00.000Z';

describe.each(winterNames())('winter %s', (name) => {
  const { days } = readWinter(name);

  it('has the trusts of every day add up to England as published', () => {
    const columns = ['ga_beds_open', 'ga_beds_occupied', 'cc_adult_beds_open', 'cc_adult_beds_occupied', 'beds_long_stay_over_21d', 'flu_ga_beds'];
    const off: string[] = [];
    let checked = 0;
    for (const [date, day] of days) {
      for (const column of columns) {
        const england = day.get('ENG')!.cells[column];
        if (england === undefined) continue;
        const sum = [...day.values()].reduce((n, { organisation, cells }) => n + (organisation === 'ENG' ? 0 : (cells[column] ?? 0)), 0);
        checked++;
        if (sum !== england) off.push(`${date} ${column}: ${sum} of ${england}`);
      }
    }
    expect(off).toEqual([]);
    expect(checked).toBeGreaterThan(4 * 60 - 1);
  });
});

describe('the replay board', () => {
  const { days } = readWinter('2022-23');

  it('counts an organisation once that was published under two names', () => {
    expect([...days.values()].every((day) => [...day.values()].filter(({ organisation }) => organisation === 'RM3').length === 1)).toBe(true);
  });

  it('knows every place of the board in the returns, and a column for every series', () => {
    const seen = new Map<string, number>();
    for (const [date, day] of days) {
      for (const feed of Object.values(board.feeds))
        for (const row of rowsOf(board, feed, date, day, NOW)) if (row.value !== undefined) seen.set(row.series, (seen.get(row.series) ?? 0) + 1);
    }
    expect(Object.keys(board.series).filter((id) => (seen.get(id) ?? 0) < 0.9 * days.size)).toEqual([]);
  });

  it('sends "-" and empty cells as not reported, and 0 as 0', () => {
    const feed = Object.values(board.feeds).find(({ id }) => id === 'rhw')!;
    const cells = { ga_beds_open: 600, ga_beds_occupied: undefined, cc_adult_beds_open: 0, cc_adult_beds_occupied: 0, handovers_delayed_30_60m: 0 };
    const rows = rowsOf(board, feed, '2022-12-01', new Map([['RHW', { date: '2022-12-01', organisation: 'RHW', cells }]]), NOW);
    const of = (series: string) => rows.find((row) => row.series === `${series}@rhw`);
    expect(of('beds.open')).toMatchObject({ value: 600, observedAt: NOW });
    expect(of('beds.occupied')).toMatchObject({ notReported: NOT_IN_RETURN });
    expect(of('beds.occupancy')).toMatchObject({ notReported: NOT_IN_RETURN });
    expect(of('critical.occupancy')).toMatchObject({ notReported: NOT_IN_RETURN });
    expect(of('ambulance.delayed-30-60')).toMatchObject({ value: 0 });
    expect(of('beds.flu')).toMatchObject({ notReported: NOT_IN_RETURN });
    expect(of('context.recorded-day')).toMatchObject({ value: '2022-12-01' });
  });

  it('reads "-" of the file as not reported', () => {
    const dashed = [...days.values()].flatMap((day) => [...day.values()]).filter(({ cells }) => cells['ga_beds_open'] === undefined);
    expect(dashed.length).toBeGreaterThan(100);
  });

  it('says which winters there are when asked for another', () => {
    expect(() => readWinter('2019-20')).toThrow('There is no recorded winter "2019-20"; choose one of 2015-16, 2017-18, 2018-19, 2022-23.');
    expect(() => readWinter('../../package')).toThrow('choose one of');
  });
});
