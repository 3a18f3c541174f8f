import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Bench, type Case, callerOf, tenantNamed } from '../bench.ts';
import { withClient } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { type ImportTiming, importFile, part_rows } from '../import.ts';
import { limitFigure } from '../limit.ts';
import { listP95During, listP95For, ratio } from '../meanwhile.ts';
import { MemoryWatch } from '../memory.ts';

const rows_in_earnest = 1_000_000;
const time_ratio_max = 5;
const memory_growth_max_megabytes = 230;
const list_ratio_max = 2;
const start_ratio_max = 1.3;
/** Lists alone let the server grow by a third of its heap, in half a minute: that is not the import's. */
const quiet_ms = 60_000;

/** New people of the small tenant number 1, numbered on from the last contact. */
const people = (bench: Bench, count: number) => `(select c.*, f.name as company from
  bench.contacts(${bench.dataset.contacts}, ${bench.dataset.contacts + count - 1}, ${bench.dataset.companies}) c
  left join company f on f.id = c.company_id)`;

interface Files {
  /** As somebody would bring it along, with a header. */
  csv: string;
  /** The same rows by column of the table. */
  raw: string;
}

async function writeFiles(bench: Bench, tenant_id: string, count: number): Promise<Files> {
  const files = { csv: join(bench.cluster.directory, 'import.csv'), raw: join(bench.cluster.directory, 'import.raw') };
  const selects = {
    csv: `select 'K' || i as "External id", given_name as "First name", family_name as "Last name", email as "E-mail", phone as "Phone",
      job_title as "Job title", company as "Company", source as "Source" from ${people(bench, count)} p`,
    raw: `select '${tenant_id}', uuidv7(), 'R' || i, given_name, family_name, email, phone, job_title, source
      from ${people(bench, count)} p`,
  };
  await withClient(bench.dataset.holdfastUrl, async (client) => {
    const copy = (select: string, options: string, file: string) =>
      pipeline(client.query(copyTo(`copy (${select}) to stdout (format csv${options})`)), createWriteStream(file));
    await copy(selects.csv, ', header', files.csv);
    await copy(selects.raw, '', files.raw);
  });
  return files;
}

/**
 * Seconds that COPY alone takes into the table with its indexes and foreign keys, but without audit. Taken back at
 * once.
 */
function rawSeconds(bench: Bench, file: string): Promise<number> {
  return withClient(bench.dataset.holdfastUrl, async (client) => {
    await client.query('begin');
    await client.query('alter table contact disable trigger user');
    const started = performance.now();
    const columns = 'tenant_id, id, external_id, given_name, family_name, email, phone, job_title, source';
    await pipeline(createReadStream(file), client.query(copyFrom(`copy contact (${columns}) from stdin (format csv)`)));
    const seconds = (performance.now() - started) / 1000;
    await client.query('rollback');
    await client.query('vacuum contact');
    return seconds;
  });
}

/** An import into a workspace that is at work, beside COPY of the same rows, and what others feel of it. */
async function measureOld(bench: Bench): Promise<Figure[]> {
  const count = bench.smoke ? 500 : Math.min(rows_in_earnest, bench.dataset.contacts);
  const tenant_id = await tenantNamed(bench.dataset.holdfastUrl, 'bench-1');
  const files = await writeFiles(bench, tenant_id, count);
  const raw = await rawSeconds(bench, files.raw);
  const { key } = await callerOf(bench.db, tenant_id, 'member');
  const importer = { url: bench.holdfast.url, headers: { authorization: `Bearer ${key}` } };

  const quiet = await listP95For(bench, bench.smoke ? 100 : quiet_ms);
  const watch = new MemoryWatch(bench.holdfastServer.pid);
  const before = watch.peak;
  const file = await openAsBlob(files.csv, { type: 'text/csv' });
  const [meanwhile, { seconds }] = await listP95During(bench, importFile(importer, file, 'contacts.csv'));
  const growth = watch.peak - before;
  watch.stop();
  await Promise.all([rm(files.csv), rm(files.raw)]);

  const what = `import of ${count.toLocaleString('en')} rows`;
  return [
    { id: 'R5', what: `${what}, beside raw COPY`, ...ratio(seconds, raw, 's', time_ratio_max) },
    limitFigure({
      id: 'R5.memory',
      what: `${what}: growth of memory`,
      unit: 'MB',
      values: [growth],
      max: memory_growth_max_megabytes,
    }),
    {
      id: 'R5.list',
      what: `${what}: others' list meanwhile, beside before, p95`,
      ...ratio(meanwhile, quiet, 'ms', list_ratio_max),
    },
  ];
}

/** The first import of an empty installation, which has filled it for the other cases, beside COPY of as many rows. */
async function measureFresh(bench: Bench, { rows, seconds, partSeconds }: ImportTiming): Promise<Figure[]> {
  const tenant_id = await tenantNamed(bench.dataset.holdfastUrl, 'bench-1');
  const files = await writeFiles(bench, tenant_id, rows);
  const raw = await rawSeconds(bench, files.raw);
  await Promise.all([rm(files.csv), rm(files.raw)]);
  const what = `first import of an empty installation, ${rows.toLocaleString('en')} rows`;
  const whole = { id: 'R5', what: `${what}, beside raw COPY`, ...ratio(seconds, raw, 's', time_ratio_max) };
  const [first, tenth] = [partSeconds[0], partSeconds[9] ?? partSeconds.at(-1)];
  if (!first || !tenth || partSeconds.length < 2) return [whole];
  const parts = `the first ${part_rows.toLocaleString('en')} beside the ${partSeconds.length >= 10 ? 'tenth' : 'last'}`;
  return [whole, { id: 'R5.start', what: `${what}: ${parts}`, ...ratio(first, tenth, 's', start_ratio_max) }];
}

/** R5: an import with validation, dedupe by key, audit and events. */
export const r05: Case = {
  id: 'R5',
  sizes: 'largest',
  states: 'both',
  measure: (bench) => (bench.firstImport ? measureFresh(bench, bench.firstImport) : measureOld(bench)),
};
