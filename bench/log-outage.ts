import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import '../src/modules/index.ts';
import { readWaitingLog } from '../src/kernel/logs/waiting.ts';
import { startBench } from './bench.ts';
import { startCluster, withClient } from './cluster.ts';
import { ensureDataset, usualShape } from './dataset/dataset.ts';
import { Connection } from './load.ts';

/**
 * `npm run bench:log-outage`: PostgreSQL, which is the log store, is killed under load and stays away for a minute. The
 * callers keep the id of each request that was answered, well or not; afterwards each has its line in the log, once.
 * Exits with 1 when one is missing or there twice.
 */

const before_ms = 15_000;
const away_ms = 60_000;
const after_ms = 20_000;
/** After the load has ended: files that nobody has taken are looked for each minute. */
const stored_ms_max = 120_000;
const callers = 8;
/** While nothing can be read, errors would come as fast as the machine writes them. */
const pause_ms = 10;

const say = (line: string) => void process.stderr.write(`${line}\n`);
const folder = join(new URL('..', import.meta.url).pathname, '.cache', 'bench', 'outage');
let cluster = await startCluster(folder);
const dataset = await ensureDataset(cluster, usualShape(10_000), say);
const effort = { rounds: 1, timesPerRound: 1, secondsPerRound: 1 };
const bench = await startBench({ cluster, dataset, effort, smoke: true, mails: 0, say });
const url = dataset.holdfastUrl;

const socketDir = (): string => JSON.parse(readFileSync(join(folder, 'postgres-run.json'), 'utf8')).socketDir;
const address = socketDir();

const answered: string[] = [];
const statuses = new Map<number, number>();
let unanswered = 0;
let ended = false;

async function call(n: number): Promise<void> {
  const connection = new Connection(bench.holdfast, n);
  for (let i = 0; !ended; i++) {
    const path = i % 10 === 0 ? '/api/v1/contacts/nobody' : `/api/v1/contacts?limit=${1 + (i % 20)}`;
    try {
      const { status, headers } = await connection.ask({ method: 'GET', path });
      answered.push(String(headers['x-request-id']));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    } catch {
      unanswered++;
    }
    await sleep(pause_ms);
  }
  await connection.close();
}

const load = Promise.all(Array.from({ length: callers }, (_, n) => call(n)));
await sleep(before_ms);
process.kill(Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
await cluster.stop();
say('PostgreSQL is killed');
await sleep(away_ms);
const waiting = await readWaitingLog(join(folder, 'holdfast', 'log'));
say(`${waiting.bytes.toLocaleString('en')} bytes of lines wait on disk since ${waiting.since?.toISOString()}`);
cluster = await startCluster(folder);
// Each start makes a new folder for the socket; the program knows the first.
symlinkSync(socketDir(), address);
say('PostgreSQL is back');
await sleep(after_ms);
ended = true;
await load;

const began = performance.now();
const stored = () =>
  withClient(url, async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as lines, count(distinct request_id)::int as requests from log_line where message = 'request'
        and request_id = any ($1)`,
      [answered],
    );
    return rows[0] as { lines: number; requests: number };
  });
let found = await stored();
while (found.requests < answered.length && performance.now() - began < stored_ms_max) {
  await sleep(1_000);
  found = await stored();
}
const left = await readWaitingLog(join(folder, 'holdfast', 'log'));
say(
  `${answered.length.toLocaleString('en')} requests answered (${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}), ${unanswered} not;
${found.requests.toLocaleString('en')} of them in the log, in ${found.lines.toLocaleString('en')} lines, ${Math.round(performance.now() - began)} ms after the load; ${left.bytes} bytes wait`,
);
process.exitCode = found.requests === answered.length && found.lines === answered.length && waiting.bytes > 0 ? 0 : 1;
await bench.stop().catch(() => {});
await cluster.stop();
rmSync(address, { force: true });
process.exit();
