import type { Readable } from 'node:stream';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { FileLoader } from './file-loader.ts';
import { type Fixer, fixerOf } from './fix/apply.ts';
import { findFixes, keepNames } from './fix/queries.ts';
import { findCircles } from './hierarchy.ts';
import { isRefused, type LoadRow } from './load.ts';
import type { MappingInUse } from './mapping-in-use.ts';
import { nameKey } from './normalise.ts';
import { type ImportFileRow, refusedRows, type StoredCounts, startOver } from './queries.ts';
import { type Row, readRows } from './read.ts';
import { idPlace } from './relations.ts';
import { isBlank } from './row-reader.ts';
import { RowSet } from './row-set.ts';
import { beginRun, loaderBase, type Run, type RunOptions, relationsOf, setUpFile } from './run-setup.ts';
import { noteSearch } from './sealed.ts';
import { inSlices } from './slices.ts';
import type { FileTally } from './tally.ts';
import { columnsOf, namesOf, type TargetField } from './target.ts';

/** Two batches are in memory at a time. Twice as many rows take no less of the processor for each row. */
const rows_per_batch = 2_500;
const parents_max = 200_000;

/**
 * Loads every file of an import that is not loaded yet, where it stands; a dry run starts over. Throws Cancelled,
 * ImportTakenOver, or what stopped it.
 */
export async function runImport(options: RunOptions): Promise<void> {
  if (options.dry) await startCheckOver(options);
  const run = await beginRun(options);
  for (const file of run.files)
    if (file.mapping && !file.answers.ignored && file.phase !== 'done') await loadFile(run, file, file.mapping);
  if (run.dry) return;
  await run.statistics.refresh();
  await options.db.vacuumFilled();
}

/**
 * Only the process that has read a file knows what a dry run would make of it, so a second attempt reads all files
 * again.
 */
const startCheckOver = ({ db, tenant_id, import_id }: RunOptions): Promise<void> =>
  withContext(db, systemActor(tenant_id), (ctx) => startOver(ctx, import_id));

async function loadFile(run: Run, file: ImportFileRow, mapping: MappingInUse): Promise<void> {
  const fixer = fixerOf(await asProgram(run, (ctx) => findFixes(ctx, file.id)), mapping.names);
  const { target, own, others, plan, read, tally } = await setUpFile(run, mapping, fixer.namesRecords);
  if (plan.sealed.length > 0) await withContext(run.db, run.actor, (ctx) => noteSearch(ctx, plan, run.import_id));
  const base = { ...loaderBase(run, file, target), tally, isFixed: fixer.isFixed };
  const source = { run, file, mapping, fixer, read };
  const counts: StoredCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0, ...file.counts };
  const parents = new Map<string, string>();
  const changed = new RowSet();
  if (file.phase === 'rows') {
    const relations = await relationsOf(run, others, mapping, file.matches);
    const refused = new Set(await asProgram(run, (ctx) => refusedRows(ctx, file.id)));
    const loader = new FileLoader({ ...base, plan, relations, position: file, counts, changed, refused });
    await eachBatch({ ...source, tally }, loader, (rows) => {
      for (const row of rows) remember(parents, row, own);
      return rows;
    });
    Object.assign(counts, loader.counts);
    await loader.startPhase(own.length > 0 ? 'relations' : 'done');
    if (run.dry) await keepPretended(run, file, target.resource);
  } else
    await readRowsOf(source, async ({ made }) => {
      run.signal?.throwIfAborted();
      for (const row of made) remember(parents, row, own);
    });
  if (own.length === 0) return;
  const relations = await relationsOf(run, own, mapping, file.matches);
  const columns = own.map(idPlace);
  const links = { ...plan, linking: true, staged: [...plan.staged, ...columns], inserted: [], updated: columns };
  const { rows_done, bytes_done } = file.phase === 'relations' ? file : { rows_done: 0, bytes_done: 0 };
  const position = { phase: 'relations' as const, rows_done, bytes_done };
  const loader = new FileLoader({ ...base, plan: links, relations, position, counts, changed });
  const refused = new Set(await asProgram(run, (ctx) => refusedRows(ctx, file.id)));
  const circular = new Set(findCircles(parents).flat());
  await eachBatch(source, loader, (rows) => {
    const sound = rows.filter((row) => !isRefused(row) && !refused.has(row.number));
    for (const row of sound) breakCircle(row, own, circular);
    return sound;
  });
  await loader.startPhase('done');
}

const asProgram = <R>({ db, tenant_id }: Run, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(tenant_id), work);

/** Rows that are checked again by themselves may name what this file would have made. */
async function keepPretended(run: Run, file: ImportFileRow, resource: string): Promise<void> {
  const names = run.pretended.get(resource) ?? [];
  const isNamed = run.files.some(({ mapping }) => {
    const target = run.targets.find((each) => each.resource === mapping?.resource);
    return target?.fields.some(
      (each) => namesOf(each) === resource && mapping!.columns.some(({ field }) => field === each.name),
    );
  });
  if (isNamed && names.length > 0) await asProgram(run, (ctx) => keepNames(ctx, file.id, names));
}

interface Source {
  run: Run;
  file: ImportFileRow;
  mapping: MappingInUse;
  fixer: Fixer;
  read: (row: Row) => LoadRow;
  tally?: FileTally;
}

interface Batch {
  made: LoadRow[];
  leftOut: Row[];
  last: number;
  bytes_read: number;
}

async function readRowsOf(
  { run, file, mapping, fixer, read, tally }: Source,
  handle: (batch: Batch) => Promise<void>,
): Promise<void> {
  const source: Readable = await run.store.get(file.storage_key!);
  try {
    for await (const { rows, bytes_read } of readRows(source, mapping.dialect, {
      columns: mapping.names,
      rows_per_batch,
    })) {
      const last = rows.at(-1)!.number;
      const made: LoadRow[] = [];
      const leftOut: Row[] = [];
      await inSlices(rows, (row) => {
        tally?.countCells(row);
        const fixed = fixer.apply(row);
        if (!fixed) leftOut.push(row);
        else if (!isBlank(fixed)) made.push(run.dry ? { ...read(fixed), cells: row.cells } : read(fixed));
      });
      await handle({ made, leftOut, last, bytes_read });
    }
  } finally {
    source.destroy();
  }
}

/** Reads the next batch while the database works on the one before. */
async function eachBatch(source: Source, loader: FileLoader, choose: (rows: LoadRow[]) => LoadRow[]): Promise<void> {
  const { run, file } = source;
  const done = loader.rows_done;
  let loading: Promise<void> = Promise.resolve();
  try {
    await readRowsOf(source, async ({ made, leftOut, last, bytes_read }) => {
      const chosen = choose(made);
      await loading;
      run.signal?.throwIfAborted();
      const known = chosen.filter(({ number }) => number <= done);
      const fresh = chosen.filter(({ number }) => number > done);
      const freshOut = leftOut.filter(({ number }) => number > done);
      loading = (async () => {
        if (known.length > 0) await loader.reidentify(known);
        if (last > done) await loader.load(fresh, freshOut, { rows_done: last, bytes_done: bytes_read });
        if (!run.dry) await run.statistics.count(fresh.length);
        run.onProgress?.({ file: file.name, rows_done: last, bytes_read, size_bytes: file.size_bytes });
      })();
      // It is waited for before the next batch; until then its failure is nobody's surprise.
      loading.catch(() => {});
    });
    await loading;
  } finally {
    await loading.catch(() => {});
  }
}

function remember(parents: Map<string, string>, { values }: LoadRow, own: TargetField[]): void {
  for (const { name } of own) {
    if (values.name && values[name] && parents.size < parents_max)
      parents.set(nameKey(values.name), nameKey(values[name]));
  }
}

/** What was wrong with the row itself was said when it went in. */
function breakCircle(row: LoadRow, own: TargetField[], circular: Set<string>): void {
  row.problems = [];
  const { name } = row.values;
  if (!name || !circular.has(nameKey(name))) return;
  for (const field of own) {
    row.values[field.name] = null;
    row.unmapped.push(...columnsOf(field));
  }
  const message = `“${name}” would be its own parent, directly or through others. It is imported without a parent.`;
  row.problems.push({ code: 'circular_parents', severity: 'warning', row: row.number, column: null, message });
}
