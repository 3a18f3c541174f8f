import type pg from 'pg';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { FileCounts } from '../contract.ts';
import { FileLoader } from '../file-loader.ts';
import { isRefused, type LoadRow, refuseRow } from '../load.ts';
import type { MappingInUse } from '../mapping-in-use.ts';
import type { RowOutcome } from '../outcome/queries.ts';
import type { ImportProblem } from '../problem.ts';
import type { ImportFileRow } from '../queries.ts';
import type { Row } from '../read.ts';
import { isBlank } from '../row-reader.ts';
import { RowSet } from '../row-set.ts';
import { type FileSetup, loaderBase, type Run, relationsOf, setUpFile } from '../run-setup.ts';
import type { Fixer } from './apply.ts';

export interface Checked {
  counts: FileCounts;
  problems: ImportProblem[];
  outcomes: RowOutcome[];
}

interface CellPosition {
  ctx: Context;
  client: pg.PoolClient;
}

/** Checks rows of one file by themselves, as the check of the whole file does. Opens what that takes once. */
export class RowCheck {
  readonly #run: Run;
  readonly #file: ImportFileRow;
  readonly #setup: FileSetup;
  readonly #mapping: MappingInUse;

  private constructor(run: Run, file: ImportFileRow, mapping: MappingInUse, setup: FileSetup) {
    this.#run = run;
    this.#file = file;
    this.#mapping = mapping;
    this.#setup = setup;
  }

  static async open(run: Run, file: ImportFileRow, mapping: MappingInUse): Promise<RowCheck> {
    return new RowCheck(run, file, mapping, await setUpFile(run, mapping, true));
  }

  /** The rows with a fixer on, and values by which a file's rows are told apart. */
  read(rows: readonly Row[], fixer: Fixer): { made: LoadRow[]; leftOut: number; blank: number } {
    const fixed = rows.map((row) => fixer.apply(row));
    const kept = fixed.filter((row) => row !== null);
    const made = kept.filter((row) => !isBlank(row)).map((row) => this.#setup.read(row));
    return { made, leftOut: fixed.length - kept.length, blank: kept.length - made.length };
  }

  /** By which a later row is a duplicate of an earlier one. */
  keyOf(row: LoadRow): string {
    return JSON.stringify(
      this.#setup.plan.keys.flatMap(({ columns }) => columns.map((column) => row.values[column] ?? null)),
    );
  }

  /**
   * What would become of the rows. `repeated`: what the check of the whole file said about rows that repeat another
   * one; it still holds where the row is told apart by the same values.
   */
  async outcome(
    place: CellPosition,
    read: ReturnType<RowCheck['read']>,
    repeated: (row: LoadRow) => ImportProblem | undefined,
  ): Promise<Checked> {
    const { made, leftOut } = read;
    const counts: FileCounts = {
      rows: made.length + leftOut,
      created: 0,
      updated: 0,
      unchanged: 0,
      skipped: leftOut,
      errors: 0,
    };
    if (made.length === 0) return { counts, problems: [], outcomes: [] };
    const { own, others, plan, target, tally } = this.#setup;
    const loader = new FileLoader({
      ...loaderBase(this.#run, this.#file, target),
      plan,
      relations: await relationsOf(this.#run, others, this.#mapping),
      position: { phase: 'rows', rows_done: 0, bytes_done: 0 },
      counts,
      tally,
      changed: new RowSet(),
      isFixed: () => false,
    });
    const { bad_cells } = plan.options;
    const load = {
      ctx: place.ctx,
      import_id: this.#run.import_id,
      dry: true,
      bad_cells,
      currency: this.#run.given.currency,
      pretended: new Map(),
    };
    await loader.place(load, place.client, made, (row) => {
      const problem = repeated(row);
      if (problem) refuseRow(row, problem.code, problem.message, problem.column);
    });
    loader.counts.errors += made.filter(isRefused).length;
    if (own.length > 0)
      await (await relationsOf(this.#run, own, this.#mapping)).resolve(
        load,
        made.filter((row) => !isRefused(row)),
      );
    const outcomes = loader.takeOutcomes(made);
    return { counts: loader.counts, problems: made.flatMap(({ problems }) => problems), outcomes };
  }
}
