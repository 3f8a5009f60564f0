/**
 * Server time between two beats. The device's clock may be wrong by years; only its running counts. The
 * monotonic clock stands still while many machines sleep and the wall clock jumps when it is set, so time
 * since the last beat is the larger of the two, and a disagreement between them is told to the caller.
 */
export interface DeviceClocks {
  monotonic(): number;
  wall(): number;
}

export const deviceClocks: DeviceClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

const DISAGREEMENT_MS = 2_000;

export class ServerClock {
  #server = 0;
  #monotonic: number;
  #wall: number;
  #tickMonotonic: number;
  #tickWall: number;

  constructor(readonly device: DeviceClocks = deviceClocks) {
    this.#tickMonotonic = this.#monotonic = device.monotonic();
    this.#tickWall = this.#wall = device.wall();
  }

  get known(): boolean {
    return this.#server > 0;
  }

  set(serverTime: number): void {
    this.#server = serverTime;
    this.#monotonic = this.device.monotonic();
    this.#wall = this.device.wall();
  }

  /** Time since the last `set`, ms. */
  elapsedMs(): number {
    return Math.max(0, this.device.monotonic() - this.#monotonic, this.device.wall() - this.#wall);
  }

  now(): number {
    return this.#server + this.elapsedMs();
  }

  /** Device clock minus server time. */
  deviceOffMs(): number {
    return this.known ? this.#wall - this.#server : 0;
  }

  /** To be asked once a second: true when the two clocks disagree since the last time (sleep, or a clock that was set). */
  jumped(): boolean {
    const monotonic = this.device.monotonic();
    const wall = this.device.wall();
    const apart = Math.abs(wall - this.#tickWall - (monotonic - this.#tickMonotonic));
    this.#tickMonotonic = monotonic;
    this.#tickWall = wall;
    return apart > DISAGREEMENT_MS;
  }
}
