import type { Readable } from 'node:stream';
import type { Database } from '../../../kernel/database/database.ts';
import type { FileStore } from '../../../kernel/files/file-store.ts';
import { type Actor, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import type { FileCounts, ImportOptions } from './contract.ts';
import { withCustomFields } from './custom-cells.ts';
import { FileLoader, type LoaderOptions } from './file-loader.ts';
import { findCircles } from './hierarchy.ts';
import { isRefused, type LoadRow } from './load.ts';
import type { MappingInUse } from './mapping-in-use.ts';
import { normalise } from './normalise.ts';
import { findFiles, findImport, generatedColumns, type ImportFileRow, type ImportRow } from './queries.ts';
import { readRows } from './read.ts';
import { idPlace, type NamedRecord, Relations } from './relations.ts';
import { isBlank, rowReader } from './row-reader.ts';
import { inSlices } from './slices.ts';
import type { StagePlan } from './staging.ts';
import { starterNow } from './starter.ts';
import { columnsOf, type Defaults, type ImportTarget, type TargetField } from './target.ts';

const rows_per_batch = 5_000;
const pretended_max = 50_000;
const parents_max = 200_000;

export interface RunOptions {
  db: Database;
  store: FileStore;
  tenant_id: string;
  import_id: string;
  /** Who started it; null for the command line. */
  user_id: string | null;
  targets: readonly ImportTarget[];
  /** Classify and count, write nothing. */
  dry: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { file: string; rows_done: number; bytes_read: number; size_bytes: number }) => void;
}

interface Run extends RunOptions {
  row: ImportRow;
  actor: Actor;
  currency: string;
  given: Defaults;
  pretended: Map<string, NamedRecord[]>;
}

/** Loads every file of an import that is not loaded yet, where it stands. Throws Cancelled, Overtaken, or what stopped it. */
export async function runImport(options: RunOptions): Promise<void> {
  const { db, tenant_id, import_id, user_id } = options;
  const begun = await withContext(db, systemActor(tenant_id), async (ctx) => {
    const row = await findImport(ctx, import_id);
    if (!row) throw new Error('There is no such import');
    const files = await findFiles(ctx, import_id);
    const currency = row.options.currency ?? (await tenantCurrency(ctx));
    return { row, files, currency, targets: await withCustomFields(ctx, options.targets) };
  });
  const { row, files, currency, targets } = begun;
  const actor: Actor = { ...systemActor(tenant_id), user_id, rights: row.rights };
  const given = { currency, owner_id: row.created_by };
  const run: Run = { ...options, targets, row, actor, currency, given, pretended: new Map() };
  for (const file of files)
    if (file.mapping && !file.answers.ignored && file.phase !== 'done') await loadFile(run, file, file.mapping);
}

async function loadFile(run: Run, file: ImportFileRow, mapping: MappingInUse): Promise<void> {
  const target = run.targets.find(({ resource }) => resource === mapping.resource)!;
  const mapped = target.fields.filter(({ name }) => mapping.columns.some(({ field }) => field === name));
  const isOwn = ({ reference }: TargetField) => reference?.resource === target.resource;
  const own = mapped.filter(isOwn);
  const others = mapped.filter((field) => !isOwn(field));
  const plan = await stagePlan(run, target, others);
  const counts: FileCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0, ...file.counts };
  const parents = new Map<string, string>();
  const read = reader(run, target, mapping);
  if (file.phase === 'rows') {
    const relations = await relationsOf(run, others, mapping);
    const loader = new FileLoader({ ...base(run, file, target), plan, relations, place: file, counts });
    await eachBatch(run, file, mapping, loader, read, (rows) => {
      for (const row of rows) remember(parents, row, own);
      return rows;
    });
    Object.assign(counts, loader.counts);
    await loader.finish(own.length > 0 ? 'relations' : 'done');
  }
  if (own.length === 0) return;
  const relations = await relationsOf(run, own, mapping);
  const columns = own.map(idPlace);
  const options = { ...plan.options, mode: 'update' as const };
  const linking = { ...plan, options, staged: [...plan.staged, ...columns], inserted: [], updated: columns };
  const place = { phase: 'relations' as const, rows_done: file.phase === 'relations' ? file.rows_done : 0 };
  const loader = new FileLoader({ ...base(run, file, target), plan: linking, relations, place, counts });
  const circular = new Set(findCircles(parents).flat());
  await eachBatch(run, file, mapping, loader, read, (rows) => {
    const sound = rows.filter((row) => !isRefused(row));
    for (const row of sound) breakCircle(row, own, circular);
    return sound;
  });
  await loader.finish('done');
}

const base = (
  run: Run,
  file: ImportFileRow,
  target: ImportTarget,
): Omit<LoaderOptions, 'plan' | 'relations' | 'place' | 'counts'> => ({
  db: run.db,
  actorNow: () => starterNow(run.db, run.actor, target, run.row.options),
  import_id: run.import_id,
  dry: run.dry,
  file_id: file.id,
  options: run.row.options,
  given: run.given,
  pretend: (row) => pretend(run.pretended, target, row),
});

/** Reads the next batch while the database works on the one before. */
async function eachBatch(
  run: Run,
  file: ImportFileRow,
  mapping: MappingInUse,
  loader: FileLoader,
  read: (row: Parameters<ReturnType<typeof rowReader>>[0]) => LoadRow,
  choose: (rows: LoadRow[]) => LoadRow[],
): Promise<void> {
  const done = loader.rows_done;
  let loading: Promise<void> = Promise.resolve();
  const source: Readable = await run.store.get(file.storage_key!);
  try {
    for await (const { rows, bytes_read } of readRows(source, mapping.dialect, {
      columns: mapping.names,
      rows_per_batch,
    })) {
      const last = rows.at(-1)!.number;
      const made: LoadRow[] = [];
      await inSlices(rows, (row) => {
        if (!isBlank(row)) made.push(read(row));
      });
      const chosen = choose(made);
      await loading;
      run.signal?.throwIfAborted();
      const known = chosen.filter(({ number }) => number <= done);
      const fresh = chosen.filter(({ number }) => number > done);
      loading = (async () => {
        if (known.length > 0) await loader.recall(known);
        if (last > done) await loader.load(fresh, last);
        run.onProgress?.({ file: file.name, rows_done: last, bytes_read, size_bytes: file.size_bytes });
      })();
      // It is waited for before the next batch; until then its failure is nobody's surprise.
      loading.catch(() => {});
    }
    await loading;
  } finally {
    source.destroy();
    await loading.catch(() => {});
  }
}

async function stagePlan(run: Run, target: ImportTarget, fields: TargetField[]): Promise<StagePlan> {
  const { db, actor, row, given } = run;
  const generated = await withContext(db, actor, (ctx) => generatedColumns(ctx, target.contract.table), {
    mode: 'read',
  });
  const defaults = target.defaults(given);
  const keys = target.keys.filter(({ from }) => from.some((name) => fields.some((field) => field.name === name)));
  const money = fields.some(({ type }) => type === 'money') ? ['currency'] : [];
  const mapped = [...new Set([...fields.flatMap((field) => [...columnsOf(field)]), ...money])];
  const updated = mapped.filter((column) => column !== 'id' && !generated.includes(column));
  const inserted = [...new Set(['id', ...updated, ...Object.keys(defaults)])];
  const staged = [...new Set([...inserted, ...keys.flatMap(({ columns }) => [...columns])])];
  return { target, staged, inserted, updated, defaults, keys, options: row.options as ImportOptions };
}

function relationsOf(run: Run, fields: TargetField[], mapping: MappingInUse): Promise<Relations> {
  const referring = fields.filter(({ reference }) => reference);
  return withContext(
    run.db,
    run.actor,
    (ctx) => Relations.open({ ctx }, referring, mapping, run.targets, run.row.options, run.pretended),
    { mode: 'read' },
  );
}

function reader(run: Run, target: ImportTarget, mapping: MappingInUse) {
  const read = rowReader(target, mapping, run.row.options, run.currency);
  const custom = mapping.columns.filter(({ field }) => field.startsWith('custom.')).map(({ field }) => field);
  if (custom.length === 0) return read;
  const clears = run.row.options.blank_cells === 'clear';
  return (row: Parameters<typeof read>[0]) => {
    const made = read(row);
    const entries = custom.filter((field) => clears || made.values[field] !== null);
    const pairs = entries.map(
      (field) => `${JSON.stringify(field.slice('custom.'.length))}:${made.values[field] ?? 'null'}`,
    );
    made.values.custom = `{${pairs.join(',')}}`;
    return made;
  };
}

function remember(parents: Map<string, string>, { values }: LoadRow, own: TargetField[]): void {
  for (const { name } of own) {
    if (values.name && values[name] && parents.size < parents_max)
      parents.set(normalise(values.name), normalise(values[name]));
  }
}

/** What was wrong with the row itself was said when it went in. */
function breakCircle(row: LoadRow, own: TargetField[], circular: Set<string>): void {
  row.problems = [];
  const { name } = row.values;
  if (!name || !circular.has(normalise(name))) return;
  for (const field of own) row.values[field.name] = null;
  const message = `“${name}” would be its own parent, directly or through others. It goes in without a parent.`;
  row.problems.push({ code: 'circular_parents', severity: 'warning', row: row.number, column: null, message });
}

/** What a dry run would have made, for the files after it that name it. */
function pretend(pretended: Run['pretended'], { resource, namedBy }: ImportTarget, { id, values }: LoadRow): void {
  const names = pretended.get(resource) ?? [];
  pretended.set(resource, names);
  if (names.length >= pretended_max) return;
  for (const name of new Set(namedBy.map((column) => values[column]))) if (name) names.push({ name, record: id });
}
