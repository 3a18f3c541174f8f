import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import type { FileStore } from '../../../kernel/files/file-store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { getImport } from '../import-owner.ts';
import { maskedCells } from '../kept-cells.ts';
import type { MappingInUse } from '../mapping-in-use.ts';
import { findFiles, type ImportFileRow } from '../queries.ts';
import { readRows } from '../read.ts';
import type { ImportServices } from '../service.ts';
import { type Fixer, fixerOf } from './apply.ts';
import { type ImportRowShown, shown_cell_characters_max, shown_rows_max } from './contract.ts';
import { countKept, findFixes, type KeptRow, keptAfter, problemsOf } from './queries.ts';

export interface RowQuery {
  file_id?: string | undefined;
  only: 'problems' | 'all';
  limit: number;
  cursor?: string | undefined;
}

export interface RowPage {
  data: ImportRowShown[];
  next_cursor: string | null;
  total: number;
}

/**
 * Rows of a file as they stand now: what the check found, and what somebody put right. No transaction is open while the
 * store is read.
 */
export async function listImportRows(
  transact: <R>(work: (ctx: Context) => Promise<R>) => Promise<R>,
  { store, targets }: ImportServices,
  import_id: string,
  { file_id, only, limit, cursor }: RowQuery,
): Promise<RowPage> {
  const file = await transact((ctx) => shownFile(ctx, import_id, file_id));
  const { mapping } = file;
  if (!mapping || !file.storage_key) throw problems.conflict('The file is no longer stored, or could not be read.');
  const after = afterOf(cursor);
  const first = only === 'all' ? await firstRows(store, file, mapping, after, limit + 1) : undefined;
  return transact(async (ctx) => {
    const page = first ?? (await keptAfter(ctx, file.id, after, limit + 1));
    const rows = page.slice(0, limit);
    const total = first ? Math.min(shown_rows_max, file.counts.rows ?? shown_rows_max) : await countKept(ctx, file.id);
    const fixer = fixerOf(await findFixes(ctx, file.id), mapping.names);
    const found = Map.groupBy(await problemsOf(ctx, file.id, rows.map(({ number }) => number)), ({ row }) => row); // biome-ignore format: one call
    const mask = maskedCells(targets, mapping);
    const data = rows.map((row) => shown(row, mapping, fixer, mask, found.get(row.number) ?? []));
    return { data, next_cursor: page.length > limit ? String(rows.at(-1)!.number) : null, total };
  });
}

/** The one that is asked for, or the first. */
export async function shownFile(ctx: Context, import_id: string, file_id: string | undefined): Promise<ImportFileRow> {
  await getImport(ctx, import_id);
  const files = await findFiles(ctx, import_id);
  const file = file_id ? files.find(({ id }) => id === file_id) : files[0];
  if (!file) throw invalidField('file_id', 'no_such_record', 'This import has no such file');
  return file;
}

function afterOf(cursor: string | undefined): number {
  const after = Number(cursor ?? 0);
  if (Number.isSafeInteger(after) && after >= 0 && after < 2 ** 31) return after;
  throw invalidField('cursor', 'invalid_cursor', 'Send the next_cursor of the page before, as it is');
}

function shown(
  row: KeptRow,
  { names }: MappingInUse,
  fixer: Fixer,
  mask: (cells: readonly string[]) => string[],
  problems: Awaited<ReturnType<typeof problemsOf>>,
): ImportRowShown {
  const source = { number: row.number, cells: [...row.cells], problems: [] };
  const now = fixer.apply(source);
  const before = mask(row.cells);
  const cells = mask((now ?? source).cells);
  const cut = (text: string) => text.slice(0, shown_cell_characters_max).replaceAll('\0', '�');
  const changed = names.flatMap((name, at) => (cells[at] === before[at] ? [] : [[name, cut(before[at]!)]]));
  return {
    row: row.number,
    cells: cells.map(cut),
    cut: names.filter((_, at) => cells[at]!.length > shown_cell_characters_max),
    was: Object.fromEntries(changed),
    left_out: now === null,
    problems: problems.map(({ row: _, ...problem }) => problem),
  };
}

/** The file is read from its beginning, which is why only so much of it is shown. */
async function firstRows(
  store: FileStore,
  file: ImportFileRow,
  { dialect, names }: MappingInUse,
  after: number,
  limit: number,
): Promise<KeptRow[]> {
  const last = shown_rows_max + Number(dialect.header);
  const found: KeptRow[] = [];
  const source = await store.get(file.storage_key!);
  try {
    for await (const { rows } of readRows(source, dialect, { columns: names })) {
      for (const { number, cells } of rows) {
        if (number > last || found.length === limit) return found;
        if (number > after) found.push({ number, cells });
      }
    }
    return found;
  } finally {
    source.destroy();
  }
}
