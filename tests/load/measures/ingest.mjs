/** Durable readings a second over HTTP, every provider sending as fast as it is answered; and what SQL alone can do. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { figureAt, Floor, Product } from '../contenders.mjs';
import { insertRows, rowsOf } from '../floor/group-commit.mjs';
import { alternate, summarise, watchOthers } from '../machine.mjs';
import { Connection, postFlatOut } from '../posts.mjs';

const BATCH = 50;
const CONNECTIONS = 32;
const WARM_SECONDS = 2;
/** A provider's readings are a minute apart; the last one of the longest run is still in the past. */
const STEP_MS = 60_000;
const BEGIN_MS = Date.now() - 50 * 24 * 3_600_000;

export async function measure({ rig, runs, quick, tell }) {
  const seconds = quick ? 3 : 6;
  const board = { feeds: CONNECTIONS, each: BATCH };
  const contenders = [new Floor('ws', board), new Product(board), new Sql(4, 50), new Sql(4, 1_000)];
  const results = await alternate(contenders, runs, (contender) => (contender instanceof Sql ? contender.run(rig, seconds) : once(rig, contender, seconds)));
  for (const { kind } of contenders) tell({ load: `batches of ${BATCH}, ${CONNECTIONS} connections`, kind, ...summarise(results[kind]) });
}

async function once(rig, contender, seconds) {
  const { url, key, server } = await contender.start(rig);
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(server.port, key));
  const sent = connections.map(() => 0);
  const make = (lane) => contender.post(lane, BATCH, figureAt(sent[lane]), BEGIN_MS + sent[lane]++ * STEP_MS);
  const warm = await postFlatOut({ connections, seconds: WARM_SECONDS, make });
  const others = watchOthers();
  const cpu = server.cpu;
  const { posts, perSecond, bad, ack } = await postFlatOut({ connections, seconds, make });
  const cpuMicroseconds = ((server.cpu - cpu) * 1e6) / posts;
  const foreign = others();
  for (const connection of connections) connection.close();
  await server.kill();
  const [{ n }] = await rig.sql(url, 'select count(*)::int as n from readings');
  await rig.drop(url);
  if (bad + warm.bad > 0 || n !== (posts + warm.posts) * BATCH) {
    throw new Error(
      `${contender.kind}: ${bad + warm.bad} posts failed; ${n} of ${(posts + warm.posts) * BATCH} acknowledged readings are there.\n${server.printed}`,
    );
  }
  return { foreign, readingsPerSecond: perSecond * BATCH, p50: ack.p50, p99: ack.p99, cpuMicrosecondsPerPost: cpuMicroseconds };
}

/** The same rows by one prepared statement, from this process, on some connections. */
class Sql {
  constructor(connections, rows) {
    this.kind = `SQL ${rows} × ${connections}`;
    this.connections = connections;
    this.rows = rows;
  }

  async run(rig, seconds) {
    const url = await rig.floorDatabase();
    const clients = await Promise.all(
      Array.from({ length: this.connections }, async () => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        return client;
      }),
    );
    await sleep(200);
    const others = watchOthers();
    const began = performance.now();
    const end = began + seconds * 1000;
    let [next, written] = [0, 0];
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          const batch = Array.from({ length: this.rows }, () => ({
            series: next % 1600,
            observedAt: new Date(BEGIN_MS + Math.floor(next++ / 1600) * STEP_MS).toISOString(),
            value: 1,
          }));
          await insertRows(client, rowsOf(batch));
          written += this.rows;
        }
      }),
    );
    const readingsPerSecond = written / ((performance.now() - began) / 1000);
    const foreign = others();
    await Promise.all(clients.map((client) => client.end()));
    await rig.drop(url);
    return { foreign, readingsPerSecond };
  }
}
