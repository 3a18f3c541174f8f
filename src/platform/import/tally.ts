import type { UnknownOptions } from './contract.ts';
import type { Row } from './read.ts';

/** Texts of one column that are kept apart; what comes after them is only counted. */
const texts_max = 1_000;
const reported_max = 200;

interface UnknownTexts {
  field: string;
  texts: Map<string, number>;
  others: number;
}

/** What is counted over all rows of a file: how full its columns are, and which texts are no option of their field. */
export class FileTally {
  readonly #filled: number[];
  readonly #unknown = new Map<string, UnknownTexts>();

  constructor(columns: readonly string[]) {
    this.#filled = columns.map(() => 0);
  }

  countCells({ cells }: Pick<Row, 'cells'>): void {
    for (let at = 0; at < cells.length; at++) if (cells[at]!.trim() !== '') this.#filled[at]!++;
  }

  countUnknownOption(column: string, field: string, text: string): void {
    const unknown = this.#unknown.get(column) ?? { field, texts: new Map<string, number>(), others: 0 };
    this.#unknown.set(column, unknown);
    const times = unknown.texts.get(text);
    if (times !== undefined) unknown.texts.set(text, times + 1);
    else if (unknown.texts.size < texts_max) unknown.texts.set(text, 1);
    else unknown.others++;
  }

  /** Rows with a value, in the order of the columns. */
  get filled(): readonly number[] {
    return this.#filled;
  }

  get unknownOptions(): UnknownOptions[] {
    return [...this.#unknown].map(([column, { field, texts, others }]) => {
      const most = [...texts].sort(([, a], [, b]) => b - a);
      const values = most.slice(0, reported_max).map(([text, rows]) => ({ text, rows }));
      const rest = most.slice(reported_max).reduce((sum, [, rows]) => sum + rows, others);
      return { column, field, values, other_rows: rest };
    });
  }
}
