import type { Readable } from 'node:stream';
import type { ImportTarget } from '../import/index.ts';
import type { ExportColumn } from './column.ts';
import type { Selection } from './contract.ts';

/** A form of file in which each record stands as a whole, such as a vCard. */
export interface RecordFormat {
  /** Refuses other records, and some columns alone. */
  message: string;
  contentType: string;
  /** All that it says of a record. */
  column: ExportColumn;
  /** What becomes of the rows, which come as CSV with this column and without a head. */
  write: (csv: Readable) => Readable;
}

/** A kind of record that can be exported. */
export interface ExportTarget extends ImportTarget {
  formats?: Readonly<Partial<Record<Selection['format'], RecordFormat>>>;
}
