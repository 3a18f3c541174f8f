import { get } from 'node:http';
import { to as copyTo } from 'pg-copy-streams';
import { type Bench, type Case, tenantNamed } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { type Figure, withSpread } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import type { Target } from '../load.ts';
import { MemoryWatch } from '../memory.ts';
import { median, spreadOf } from '../statistics.ts';

const rate_ratio_min = 0.3;
const memory_growth_max_megabytes = 100;
const first_byte_seconds_max = 1;
const rounds_max = 3;
const line_end = 10;

interface Reading {
  rows: number;
  seconds: number;
  firstByteSeconds: number;
}

/** Reads lines as they come and keeps none. */
async function readAll(chunks: AsyncIterable<Buffer>, started: number): Promise<Reading> {
  let rows = 0;
  let first = 0;
  for await (const chunk of chunks) {
    first ||= performance.now();
    for (let at = chunk.indexOf(line_end); at >= 0; at = chunk.indexOf(line_end, at + 1)) rows++;
  }
  return { rows, seconds: (performance.now() - started) / 1000, firstByteSeconds: (first - started) / 1000 };
}

/** All contacts of the large tenant by COPY alone, as the owner. */
function readRaw(bench: Bench, tenant_id: string): Promise<Reading> {
  return withClient(bench.dataset.holdfastUrl, (client) => {
    const started = performance.now();
    return readAll(
      client.query(copyTo(`copy (select * from contact where tenant_id = '${tenant_id}') to stdout (format csv)`)),
      started,
    );
  });
}

function readExport({ url, headers }: Target): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const request = get(`${url}/api/v1/contacts/export.csv`, { headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`The export answered ${response.statusCode}`));
      else readAll(response, started).then(resolve, reject);
    });
    request.on('error', reject);
  });
}

async function measure(bench: Bench): Promise<Figure[]> {
  const tenant_id = await tenantNamed(bench.dataset.holdfastUrl, 'bench-0');
  const watch = new MemoryWatch(bench.holdfastServer.pid);
  const raw: Reading[] = [];
  const exported: Reading[] = [];
  const growths: number[] = [];
  for (let round = 0; round < Math.min(bench.effort.rounds, rounds_max); round++) {
    raw.push(await readRaw(bench, tenant_id));
    watch.reset();
    const before = watch.peak;
    exported.push(await readExport(bench.holdfast));
    growths.push(watch.peak - before);
    if (exported.at(-1)!.rows !== raw.at(-1)!.rows + 1)
      throw new Error('The export lacks rows, or has more than there are');
  }
  watch.stop();
  const rates = (readings: Reading[]) => readings.map((reading) => reading.rows / reading.seconds);
  const ratio = median(rates(exported).map((rate, round) => rate / rates(raw)[round]!));
  const what = `export of ${raw[0]!.rows.toLocaleString('en')} rows`;
  return [
    {
      id: 'R6',
      what: `${what} with relations, beside raw COPY TO`,
      holdfast: withSpread(spreadOf(rates(exported)), 'rows/s'),
      reference: withSpread(spreadOf(rates(raw)), 'rows/s'),
      ratio,
      bar: `>= ${rate_ratio_min}x`,
      met: ratio >= rate_ratio_min,
    },
    limitFigure({
      id: 'R6.memory',
      what: `${what}: growth of memory`,
      unit: 'MB',
      values: growths,
      max: memory_growth_max_megabytes,
    }),
    limitFigure({
      id: 'R6.first-byte',
      what: `${what}: first byte`,
      unit: 's',
      values: exported.map((e) => e.firstByteSeconds),
      max: first_byte_seconds_max,
    }),
  ];
}

/** R6: an export, streamed with the names of what the records refer to. */
export const r06: Case = { id: 'R6', sizes: 'largest', measure };
