import type { Readable } from 'node:stream';
import { workbookOf } from '../xlsx/index.ts';
import type { ExportColumn } from './column.ts';
import type { Selection } from './contract.ts';
import type { ExportTarget } from './format.ts';

const workbook_type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What becomes of the rows, which come as CSV without a head. */
export function writeRows(
  { contract, formats }: ExportTarget,
  format: Exclude<Selection['format'], 'csv'>,
  csv: Readable,
  columns: Promise<ExportColumn[]>,
): Readable {
  if (format !== 'xlsx') return formats![format]!.write(csv);
  const shown = columns.then((all) => all.map(({ label, kind = 'text' }) => ({ label, kind })));
  return workbookOf(contract.plural, csv, shown);
}

export function contentTypeOf({ formats }: ExportTarget, format: Selection['format']): string {
  if (format === 'csv') return 'text/csv';
  return format === 'xlsx' ? workbook_type : formats![format]!.contentType;
}
