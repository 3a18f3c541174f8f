import type { Options } from 'csv-parse';
import { record_bytes_max } from './problem.ts';

export const delimiters = [',', ';', '\t', '|'] as const;

export type Delimiter = (typeof delimiters)[number];

/** How a file is written: everything the reader needs to know about it. */
export interface Dialect {
  encoding: string;
  delimiter: Delimiter;
  quote: '"' | "'" | null;
  escape: '"' | "'" | '\\' | null;
  header: boolean;
  /** Rows before the header, or before the first row of data; none by default. */
  skipped_rows?: number;
}

export type CellSyntax = Pick<Dialect, 'delimiter' | 'quote' | 'escape'>;

/** One place for how lenient reading is, so that sniffing and reading never disagree about a file. */
export function parserOptions(syntax: CellSyntax): Options {
  return {
    delimiter: syntax.delimiter,
    quote: syntax.quote,
    escape: syntax.escape,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: record_bytes_max,
  };
}
