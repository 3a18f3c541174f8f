import type { Database } from '../../kernel/database/database.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { type Actor, withContext } from '../../kernel/tenancy/context.ts';
import { standardCsv, utf8_mark, writeCsv } from '../csv/index.ts';
import { fixerOf } from './fix/apply.ts';
import { findFixes } from './fix/queries.ts';
import { maskedCells } from './kept-cells.ts';
import { errorsAfter, type ImportFileRow } from './queries.ts';
import { readRows } from './read.ts';
import type { ImportTarget } from './target.ts';

const rows_per_page = 1_000;

interface Source {
  db: Database;
  store: FileStore;
  actor: Actor;
  file: ImportFileRow;
  targets: readonly ImportTarget[];
}

/**
 * The rows that did not go in, as they stand in the file with what was put right, and the reason of each cell: to
 * correct and import again. With the delimiter of the file, which is the one that the spreadsheet of whoever sent it
 * opens into columns.
 */
export async function* errorsCsv(source: Source): AsyncGenerator<string, void> {
  const { names, dialect } = source.file.mapping!;
  yield utf8_mark;
  yield* writeCsv([...names, 'Row', 'Problem'], listedRows(source), { ...standardCsv, delimiter: dialect.delimiter });
}

async function* listedRows(source: Source): AsyncGenerator<string[]> {
  yield* refusedRows(source);
  const { mapping, counts } = source.file;
  const rest = `${counts.unnamed} further rows have problems, too many to be listed here. Correct what these have in common, and check again.`;
  if (counts.unnamed) yield [...mapping!.names.map(() => ''), '', rest];
}

async function* refusedRows(source: Source): AsyncGenerator<string[]> {
  const { dialect, names } = source.file.mapping!;
  const fixer = fixerOf(
    await withContext(source.db, source.actor, (ctx) => findFixes(ctx, source.file.id), { mode: 'read' }),
    names,
  );
  const mask = maskedCells(source.targets, source.file.mapping!);
  const stream = await source.store.get(source.file.storage_key!);
  try {
    let reasons = await reasonsAfter(source, 0);
    for await (const { rows } of readRows(stream, dialect, { columns: names })) {
      for (const row of rows) {
        const found = reasons.get(row.number);
        if (!found) continue;
        const { number, cells } = fixer.apply(row) ?? row;
        yield withReasons(number, mask(cells), found);
        reasons.delete(row.number);
        if (reasons.size === 0) reasons = await reasonsAfter(source, row.number);
        if (reasons.size === 0) return;
      }
    }
  } finally {
    stream.destroy();
  }
}

function withReasons(number: number, cells: readonly string[], reasons: string[]): string[] {
  return [...cells.map((cell) => cell.replaceAll('\0', '�')), String(number), reasons.join(' ')];
}

async function reasonsAfter({ db, actor, file }: Source, row: number): Promise<Map<number, string[]>> {
  const found = await withContext(db, actor, (ctx) => errorsAfter(ctx, file.id, row, rows_per_page), { mode: 'read' });
  const grouped = Map.groupBy(found, (problem) => problem.row);
  return new Map(
    [...grouped].map(([number, problems]) => [
      number,
      problems.map(({ column, message }) => (column ? `${column}: ${message}` : message)),
    ]),
  );
}
