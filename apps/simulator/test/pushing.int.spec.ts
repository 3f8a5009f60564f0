import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import { waitForAccess } from '../src/delivery/access.js';
import { BoardRun } from '../src/delivery/board-run.js';
import { Provider, Refused } from '../src/delivery/provider.js';
import { Sending } from '../src/delivery/sending.js';
import { scenarios } from '../src/scenarios/named.js';
import { systems } from '../src/systems/named.js';
import { Sink } from './sink.js';

const board = loadBoard('cwm-derwen');
const row = (minutesAgo: number) => ({
  series: '111.calls-rate@llinell-111',
  observedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
  value: 100 + minutesAgo,
});
let sink: Sink | undefined;
const stop = new AbortController();

afterEach(async () => {
  await sink?.stop();
});

async function started(): Promise<Sink> {
  sink = new Sink([board]);
  await sink.start();
  return sink;
}

function providerOf(address: string, key = 'key-cwm-derwen-llinell-111'): Provider {
  return new Provider(address, { board: board.id, provider: 'galw-111', feed: 'llinell-111', key }, stop.signal);
}

describe('a provider', () => {
  it('tries again with the same key until it is answered, and doubles nothing', async () => {
    const { address, batches, misbehave } = await started();
    misbehave.push({ status: 503, retryAfter: '0' }, { status: 429, retryAfter: '0' }, { status: 502, takeFirst: true });
    const receipt = await providerOf(address).push([row(1)], 'once');
    expect(receipt).toMatchObject({ received: 1, accepted: 1, duplicate: 0 });
    expect(batches.map(({ key }) => key)).toEqual(['once']);
  });

  it('waits for a server that is not there yet', async () => {
    const placeholder = createServer();
    await new Promise<void>((resolve) => placeholder.listen(0, '127.0.0.1', resolve));
    const { port } = placeholder.address() as AddressInfo;
    await new Promise((resolve) => placeholder.close(resolve));
    const answer = providerOf(`http://127.0.0.1:${port}`).push([row(1)], 'late');
    const late = createServer((_request, response) => response.end(JSON.stringify({ accepted: 1 })));
    setTimeout(() => late.listen(port, '127.0.0.1'), 300);
    expect(await answer).toEqual({ accepted: 1 });
    late.closeAllConnections();
    await new Promise((resolve) => late.close(resolve));
  });

  it('does not insist where asking again cannot help', async () => {
    const { address } = await started();
    await expect(providerOf(address, 'wrong').push([row(1)], 'no')).rejects.toThrow(Refused);
    const said: string[] = [];
    const sending = new Sending(providerOf(address, 'wrong'), (line) => said.push(line));
    await sending.send([row(2)]);
    await sending.send([row(1)]);
    expect(said).toEqual(['The server refused feed "llinell-111" (401): This key does not open this feed. It is left out from now on.']);
  });

  it('says once, not for every batch, that its clock runs ahead', async () => {
    const { address, rejected } = await started();
    const said: string[] = [];
    const sending = new Sending(providerOf(address), (line) => said.push(line));
    for (const ahead of [10, 11, 12]) await sending.send([row(-ahead)]);
    expect(rejected).toHaveLength(3);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/1 of 1 readings refused\. Observed \d+ s ahead/);
  });
});

describe('a run', () => {
  const run = async (historyDays: number, address: Sink): Promise<string[]> => {
    const said: string[] = [];
    const access = await waitForAccess(address.accessFile, 5_000, stop.signal);
    const options = { board, shape: systems['cwm-derwen']!, scenario: scenarios['winter-monday']!, seed: 1, historyDays, access, signal: stop.signal };
    await new BoardRun({ ...options, log: (line) => said.push(line) }).fillHistory();
    return said;
  };

  it('fills the history in order, is believed, and later sends only what is missing', async () => {
    const server = await started();
    const said = await run(2, server);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Board "cwm-derwen": \d+ readings of 16 feeds up to now/);
    expect(server.quarantined).toEqual([]);
    expect(server.rejected).toEqual([]);
    expect(server.batches.every(({ size }) => size <= 5_000)).toBe(true);
    const state = server.states.get('cwm-derwen')!;
    expect(Object.keys(board.series).filter((id) => !state.series[id] && !/^(care|level|context)\./.test(id))).toEqual([]);
    const before = server.batches.length;
    await run(2, server);
    // A minute may have passed in which a feed had something to say; the past is not sent again.
    expect(server.batches.slice(before).reduce((n, { size }) => n + size, 0)).toBeLessThan(100);
  });

  it('says what is missing when there are no keys', async () => {
    await expect(waitForAccess('/nowhere/demo-access.json', 10, stop.signal)).rejects.toThrow(
      'Waited 0 s in vain: there is no file of keys at /nowhere/demo-access.json; start the server with DEMO=on, or name the file with --access.',
    );
  });
});
