import { z } from 'zod';
import { fileCounts, importProblem } from '../contract.ts';

/*
 * What is wrong with the rows of a file can be put right with the import; the file itself stays as it was sent. A fix
 * is of one cell, of every cell of a column that holds the same text, or leaves a row out. Rows that the last check has
 * kept are checked again at once, by themselves; whether they are about the same record as another row of the file, the
 * next check says. The import applies all fixes to the rows it reads.
 */

/** Fixes of one file. */
export const fixes_max = 10_000;
export const fixes_per_request_max = 1_000;
/** Rows with problems that a check keeps of a file, to be put right. */
export const kept_rows_max = 20_000;
/** Of a file without regard to problems, so many of its first rows are shown. */
export const shown_rows_max = 10_000;
export const shown_cell_characters_max = 2_000;
/** What stands in a cell, to be replaced wherever it does. */
const was_characters_max = 500;

const column = z.string().min(1).max(1_000);
const value = z.string().max(10_000).nullable().describe('null takes the fix back');
const row = z.int().min(1).describe('As a spreadsheet numbers it');

const cellFix = z.strictObject({ row, column, value });
const valueFix = z.strictObject({
  column,
  was: z.string().max(was_characters_max).describe('Every cell of the column with exactly this text'),
  value,
});
const rowFix = z.strictObject({ row, left_out: z.boolean() });

const recordFix = z.strictObject({
  row,
  record_id: z
    .uuid()
    .nullable()
    .describe('The record that the row is about, which its values do not say; null takes that back'),
});

export const fixRequest = z.union([cellFix, valueFix, rowFix, recordFix]);
export type FixRequest = z.output<typeof fixRequest>;

export const newFixes = z.strictObject({
  file_id: z.uuid(),
  fixes: z.array(fixRequest).min(1).max(fixes_per_request_max),
});
export type NewFixes = z.output<typeof newFixes>;

export const fixesMade = z.object({
  /** Sent as `fixes`, these take it back. */
  undo: z.array(fixRequest),
  /** Rows that were checked again. */
  checked: z.int(),
  counts: fileCounts,
});

export const importFix = z
  .object({
    id: z.uuid(),
    file_id: z.uuid(),
    row: z.int().nullable(),
    column: z.string().nullable(),
    was: z.string().nullable(),
    value: z.string().nullable(),
    record_id: z.uuid().nullable(),
  })
  .meta({ id: 'ImportFix' });

const page = {
  file_id: z.uuid().optional().describe('Of several files; the first by default'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.string().max(100).optional(),
};
export const fixQuery = z.strictObject(page);
export const fixPage = z.object({ data: z.array(importFix), next_cursor: z.string().nullable() });

export const rowQuery = z.strictObject({
  ...page,
  only: z
    .enum(['problems', 'all'])
    .default('problems')
    .describe('Those with problems, notes or fixes; or the first rows of the file'),
});

export const importRow = z
  .object({
    row: z.int(),
    /** In the order of the columns, with the fixes; long ones are cut. */
    cells: z.array(z.string()),
    cut: z.array(z.string()).describe('Columns whose cell is longer than what is shown of it'),
    /** By column: what stands in the file where a fix says otherwise. */
    was: z.record(z.string(), z.string()),
    left_out: z.boolean(),
    problems: z.array(importProblem.omit({ row: true, value: true })),
  })
  .meta({ id: 'ImportRow' });
export type ImportRowShown = z.infer<typeof importRow>;

export const rowPage = z.object({
  data: z.array(importRow),
  next_cursor: z.string().nullable(),
  /** Rows in all that this list has. */
  total: z.int(),
});
