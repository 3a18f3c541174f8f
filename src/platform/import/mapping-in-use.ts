import { type Problem, problems } from '../../kernel/errors/problem.ts';
import { type FileAnswers, repeatable_fields } from './contract.ts';
import type { Dialect } from './dialect.ts';
import type { ColumnProfile, ColumnType } from './infer.ts';
import type { ColumnMapping, FileMapping } from './mapping.ts';
import { currencyInName } from './money.ts';
import type { NumberFormat } from './number.ts';
import type { ImportProblem, ImportQuestion } from './problem.ts';

/** A column as the run reads it. */
export interface MappedColumn {
  column: string;
  field: string;
  type: ColumnType;
  null_markers: string[];
  multiplier?: string;
  /** Of its amounts, where the column says so. */
  currency?: string;
}

/** What the run needs to know of a file, kept with the import. */
export interface MappingInUse {
  resource: string;
  dialect: Dialect;
  /** All columns of the file, in order. */
  names: string[];
  columns: MappedColumn[];
}

/**
 * A custom field can be retired, or hidden from whoever imports, after a column was mapped to it. No other attempt
 * would find it.
 */
export const fieldGone = (column: string): Problem =>
  problems.forbidden(
    `The column “${column}” is mapped to a field that is retired, or not visible to you. Choose another field, or leave the column out.`,
  );

/** Only what was exported here has ids of records. */
export const isExport = (columns: readonly Pick<MappedColumn, 'field'>[]): boolean =>
  columns.some(({ field }) => field === 'holdfast_id');

/** What was found in a file, kept for whoever looks at the import. */
export interface Found {
  /** The system that wrote it, where its columns tell. */
  source?: string | null;
  dialect: Dialect;
  preview: string[][];
  reasons: string[];
  columns: {
    name: string;
    kind: string;
    format: string | null;
    samples: string[];
    filled?: number;
    choices?: string[] | null;
  }[];
  proposed: Pick<FileMapping, 'columns' | 'alternatives'>;
  questions: ImportQuestion[];
  problems: ImportProblem[];
}

/** The proposal with what somebody said instead: a column has one field, and most fields have one column. */
export function chosenColumns(proposed: readonly ColumnMapping[], answers: FileAnswers): ColumnMapping[] {
  const said = Object.entries(answers.columns ?? {});
  const kept = proposed.filter(
    ({ column, field }) =>
      !said.some(([name, other]) => name === column || (other === field && !repeatable_fields.has(field))),
  );
  const chosen = said.flatMap(([column, field]) =>
    field === null ? [] : [{ column, field, confidence: 1, reason: 'Chosen by hand.' }],
  );
  return [...kept, ...chosen];
}

export function inUse(
  profile: ColumnProfile,
  field: string,
  questions: readonly ImportQuestion[],
  answers: FileAnswers,
): MappedColumn {
  const answerTo = (code: string) => {
    const said = answers.values?.find((answer) => answer.code === code && answer.column === profile.name)?.value;
    return said ?? questions.find((question) => question.code === code && question.column === profile.name)?.proposed;
  };
  const multiplier = answerTo('unit');
  const currency = answerTo('currency') ?? currencyInName(profile.name) ?? undefined;
  return {
    column: profile.name,
    field,
    type: answered(profile.type, answerTo('ambiguous_date'), answerTo('ambiguous_number'), questions, profile.name),
    null_markers: profile.null_markers,
    ...(multiplier && multiplier !== '1' && { multiplier }),
    ...(currency && { currency }),
  };
}

function answered(
  type: ColumnType,
  date: string | undefined,
  number: string | undefined,
  questions: readonly ImportQuestion[],
  column: string,
): ColumnType {
  if (type.kind === 'date' && date) return { kind: 'date', format: date as typeof type.format };
  const asked = questions.find((question) => question.code === 'ambiguous_number' && question.column === column);
  if (!number || !asked || number === asked.proposed || !('format' in type) || type.kind === 'date') return type;
  const other = (sign: '.' | ','): '.' | ',' => (sign === '.' ? ',' : '.');
  const sign = asked.proposed === 'decimals' ? type.format.decimal : other(type.format.decimal);
  const format: NumberFormat =
    number === 'decimals' ? { decimal: sign, group: null } : { decimal: other(sign), group: sign };
  return { ...type, format } as ColumnType;
}
