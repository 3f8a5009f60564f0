/** Who may watch, and from where (I39). */
import { describe, expect, test } from '@jest/globals';
import { Displays } from '../src/access/displays.js';

/** No screen was paired. */
const nobody = { holder: () => Promise.resolve(undefined) };
const demo = new Displays({ DEMO: 'on', HOST: '127.0.0.1', DISPLAY_TOKENS: [], ALLOWED_ORIGINS: [] }, nobody);
const real = new Displays(
  { DEMO: 'off', HOST: '127.0.0.1', DISPLAY_TOKENS: ['a-token-of-twenty-chars'], ALLOWED_ORIGINS: ['https://board.example.nhs.uk'] },
  nobody,
);

describe('a demo on loopback', () => {
  test.each(['127.0.0.1:3000', 'localhost:3000', '[::1]:3000', 'localhost'])('is open under its own name %s', (host) => {
    expect(demo.mayWatch(undefined, host)).toBe(true);
  });

  test.each(['evil.example:3000', '127.0.0.1.evil.example', undefined])('is closed under %s, a name that somebody else made to point here', (host) => {
    expect(demo.mayWatch(undefined, host)).toBe(false);
  });
});

describe('a real board', () => {
  test('opens to a token of the configuration and to nothing else', () => {
    expect(real.mayWatch('commcell_display=a-token-of-twenty-chars', 'board.example.nhs.uk')).toBe(true);
    for (const cookie of [undefined, '', 'commcell_display=', 'commcell_display=another', 'commcell_display=%', 'x=a-token-of-twenty-chars']) {
      expect(real.mayWatch(cookie, '127.0.0.1:3000')).toBe(false);
    }
  });

  test('takes sockets of its own pages and of configured addresses only', () => {
    expect(real.isOwnOrigin('https://board.example.nhs.uk', 'api-1:3000')).toBe(true);
    expect(real.isOwnOrigin('http://127.0.0.1:3000', '127.0.0.1:3000')).toBe(true);
    for (const origin of ['null', 'https://board.example.nhs.uk.evil.example', 'https://evil.example', 'http://127.0.0.1:3001']) {
      expect(real.isOwnOrigin(origin, '127.0.0.1:3000')).toBe(false);
    }
  });
});
