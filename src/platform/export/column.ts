import type { RawBuilder } from 'kysely';
import type { ResourceName } from '../../kernel/access/rights.ts';
import type { FieldMeta } from '../../kernel/contract/fields.ts';
import type { ColumnKind } from '../xlsx/index.ts';

interface PersonalColumn {
  name: string;
  meta: FieldMeta;
}

/** A column of an export: under which name, and what it holds over the table alias `r`. */
export interface ExportColumn {
  name: string;
  label: string;
  value: RawBuilder<unknown>;
  /**
   * What it reads besides the record: a table whose name is shown instead of its id. Columns that share one have the
   * same.
   */
  join?: RawBuilder<unknown>;
  /** The rights to the records that it names beside those that are exported. */
  names?: readonly ResourceName[];
  /** Text that people wrote, which a spreadsheet must not run. */
  text: boolean;
  /** What a workbook makes of it; text by default. */
  kind?: ColumnKind;
  /** The sealed column that it shows: `sealedCell`, which is opened or masked on its way out. */
  sealed?: string;
  /** The column of personal texts that it shows, which are opened on their way out where they are sealed. */
  personal?: PersonalColumn;
  /** It may name people, whose names are opened likewise. */
  namesPeople?: true;
  /** It is a record with personal texts as JSON, and these are opened likewise. */
  isRecord?: true;
  /** A mere column, cheap to look at twice. */
  plain?: boolean;
}
