import { describe, expect, it } from '@jest/globals';
import { ServerClock } from '../src/source/server-clock.js';

function device() {
  const clocks = {
    monotonicMs: 5_000,
    wallMs: 1_000_000,
    monotonic: () => clocks.monotonicMs,
    wall: () => clocks.wallMs,
    pass: (monotonic: number, wall: number) => void ((clocks.monotonicMs += monotonic), (clocks.wallMs += wall)),
  };
  return clocks;
}

describe('server time on a device', () => {
  it('runs on from the last beat, whatever the device believes the date to be', () => {
    const clocks = device();
    const clock = new ServerClock(clocks);
    clock.set(1_700_000_000_000);
    clocks.pass(4_000, 4_000);
    expect(clock.now()).toBe(1_700_000_004_000);
    expect(clock.jumped()).toBe(false);
  });

  it('counts the time slept, during which the monotonic clock may have stood still', () => {
    const clocks = device();
    const clock = new ServerClock(clocks);
    clock.set(1_700_000_000_000);
    clocks.pass(1_000, 3_600_000);
    expect(clock.jumped()).toBe(true);
    expect(clock.now()).toBe(1_700_003_600_000);
  });

  it('never goes back when the device’s clock is set back, and says that it jumped', () => {
    const clocks = device();
    const clock = new ServerClock(clocks);
    clock.set(1_700_000_000_000);
    clocks.pass(1_000, -86_400_000);
    expect(clock.jumped()).toBe(true);
    expect(clock.now()).toBe(1_700_000_001_000);
    clocks.pass(1_000, 1_000);
    expect(clock.jumped()).toBe(false);
  });

  it('tells how far the device’s clock is off', () => {
    const clocks = device();
    const clock = new ServerClock(clocks);
    expect(clock.deviceOffMs()).toBe(0);
    clock.set(1_060_000);
    expect(clock.deviceOffMs()).toBe(-60_000);
  });
});
