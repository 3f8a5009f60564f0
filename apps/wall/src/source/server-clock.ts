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

/** A moment by both clocks of the device. */
export interface Heard {
  monotonic: number;
  wall: number;
}

export function heardNow(device: DeviceClocks = deviceClocks): Heard {
  return { monotonic: device.monotonic(), wall: device.wall() };
}

/** Time since then, ms: by the clock that says more. */
export function msSince(heard: Heard, device: DeviceClocks = deviceClocks): number {
  return Math.max(0, device.monotonic() - heard.monotonic, device.wall() - heard.wall);
}

const DISAGREEMENT_MS = 2_000;

export class ServerClock {
  #server = 0;
  #heard: Heard;
  #tick: Heard;

  constructor(readonly device: DeviceClocks = deviceClocks) {
    this.#tick = this.#heard = heardNow(device);
  }

  get known(): boolean {
    return this.#server > 0;
  }

  /** `heard`: when the server said so. */
  set(serverTime: number, heard: Heard = heardNow(this.device)): void {
    this.#server = serverTime;
    this.#heard = heard;
  }

  /** Time since the last `set`, ms. */
  elapsedMs(): number {
    return msSince(this.#heard, this.device);
  }

  now(): number {
    return this.#server + this.elapsedMs();
  }

  /** Device clock minus server time. */
  deviceOffMs(): number {
    return this.known ? this.#heard.wall - this.#server : 0;
  }

  /** To be asked once a second: true when the two clocks disagree since the last time (sleep, or a clock that was set). */
  jumped(): boolean {
    const now = heardNow(this.device);
    const apart = Math.abs(now.wall - this.#tick.wall - (now.monotonic - this.#tick.monotonic));
    this.#tick = now;
    return apart > DISAGREEMENT_MS;
  }
}
