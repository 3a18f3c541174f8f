import type pg from 'pg';
import { scopeOf } from '../../../kernel/access/rights.ts';
import type { Database } from '../../../kernel/database/database.ts';
import { toProblem } from '../../../kernel/http/errors.ts';
import { type Actor, type Context, settingsOf } from '../../../kernel/tenancy/context.ts';
import { cutText, parseCellList } from '../csv/index.ts';
import type { FileCounts, ImportOptions } from './contract.ts';
import { duplicateCheck } from './duplicates.ts';
import { kept_rows_max } from './fix/contract.ts';
import { keepRows } from './fix/queries.ts';
import { isRefused, type Load, type LoadRow, refuseRow } from './load.ts';
import { writeNotes } from './notes.ts';
import { preserveUnmapped } from './preserve-unmapped.ts';
import { actAsProgram, insertProblems, insertTags, noteProgress, type Progress } from './queries.ts';
import type { Row } from './read.ts';
import type { Relations } from './relations.ts';
import { inSlices } from './slices.ts';
import {
  countChanges,
  emptyStage,
  fillStage,
  leaveOut,
  matchStage,
  notPlaced,
  type Outcome,
  openStage,
  type Placed,
  placeStage,
  type StagePlan,
} from './staging.ts';
import type { FileTally } from './tally.ts';
import type { Defaults } from './target.ts';

const problems_per_file_max = 20_000;
const tag_characters_max = 60;

type RunPosition = Pick<Progress, 'phase' | 'rows_done' | 'bytes_done'>;

/** Somebody asked for it to stop. */
export class Cancelled extends Error {}
/** Another process has gone on with this import, e.g. because this one was thought dead. */
export class Overtaken extends Error {}

export interface LoaderOptions {
  db: Database;
  /** In whose name the next batch goes in. */
  actorNow: () => Promise<Actor>;
  import_id: string;
  dry: boolean;
  file_id: string;
  plan: StagePlan;
  options: ImportOptions;
  relations: Relations;
  given: Defaults;
  place: RunPosition;
  counts: FileCounts;
  tally: FileTally;
  /** Whether somebody corrected this very row of the file. */
  isFixed: (row: number) => boolean;
  /** Records that are not there yet, for what later files name. */
  pretend: (row: LoadRow) => void;
}

/** Takes batches of one file into the database, one transaction each, which also says how far the file is. */
export class FileLoader {
  readonly counts: FileCounts;
  readonly #options: LoaderOptions;
  readonly #isDuplicate: (row: LoadRow) => void;
  #place: RunPosition;
  #problemsKept = 0;
  #rowsKept = 0;

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#place = options.place;
    this.counts = { ...options.counts };
    this.#isDuplicate = duplicateCheck(options.plan.keys);
  }

  get rows_done(): number {
    return this.#place.rows_done;
  }

  /** Of rows that an earlier run has loaded, only what later rows may be duplicates of. */
  async recall(rows: LoadRow[]): Promise<void> {
    await this.#transaction((load) => this.#identify({ ...load, dry: true }, rows));
  }

  /** `leftOut`: rows between them that somebody does not want. */
  async load(rows: LoadRow[], leftOut: readonly Row[], reached: Omit<RunPosition, 'phase'>): Promise<void> {
    await this.#transaction(async (load, client) => {
      await this.place(load, client, rows);
      await this.#note(load.ctx, rows, leftOut, { phase: this.#place.phase, ...reached });
    });
  }

  /** Finds out what becomes of rows and has it so, in the caller's transaction. `settle` may refuse rows of which more is known. */
  async place(load: Load, client: pg.PoolClient, rows: LoadRow[], settle?: (row: LoadRow) => void): Promise<void> {
    await this.#identify(load, rows);
    if (settle) rows.filter(isSound).forEach(settle);
    const { target } = this.#options.plan;
    await target.prepare?.(load, rows.filter(isSound));
    await openStage(load.ctx.tx, this.#options.plan);
    await this.#put(load, client, rows.filter(isSound));
  }

  /** Ends the phase. */
  async finish(phase: Progress['phase']): Promise<void> {
    const { rows_done, bytes_done } = phase === 'relations' ? { rows_done: 0, bytes_done: 0 } : this.#place;
    await this.#transaction(({ ctx }) => this.#note(ctx, [], [], { phase, rows_done, bytes_done }));
  }

  async #transaction(work: (load: Load, client: pg.PoolClient) => Promise<void>): Promise<void> {
    const { db, actorNow, import_id, dry, plan } = this.#options;
    const { bad_cells } = plan.options;
    const actor = await actorNow();
    const settings = settingsOf(actor, { request_id: `import:${import_id}`, ...(!dry && { import_id }) });
    return db.streaming(settings, (tx, client) =>
      work({ ctx: { tx, db, actor, tenant_id: actor.tenant_id }, import_id, dry, bad_cells }, client),
    );
  }

  async #identify(load: Load, rows: LoadRow[]): Promise<void> {
    const { relations, plan, given } = this.#options;
    await relations.resolve(load, rows);
    await inSlices(rows, (row) => {
      plan.target.shape?.(row, given);
      if (!isRefused(row)) this.#isDuplicate(row);
    });
  }

  /** A row that the database refuses, for whatever reason, must not stop the others: the batch is halved until it is alone. */
  async #put(load: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query('savepoint batch');
    const before = { ...this.counts };
    try {
      await this.#stageAndPlace(load, client, rows);
      await client.query('release savepoint batch');
    } catch (error) {
      if (!/^2[23]/.test((error as { code?: string }).code ?? '')) throw error;
      await client.query('rollback to savepoint batch');
      Object.assign(this.counts, before);
      if (rows.length === 1) return refuseByDatabase(rows[0]!, error);
      const sound = rows.filter(isSound);
      const half = sound.length >> 1;
      await this.#put(load, client, sound.slice(0, half));
      await this.#put(load, client, sound.slice(half));
    }
  }

  async #stageAndPlace(load: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<void> {
    const { plan, import_id, dry, pretend } = this.#options;
    const { ctx } = load;
    await fillStage(client, plan, rows);
    const outcomes = new Map((await matchStage(ctx, plan)).map((outcome) => [outcome.row_number, outcome]));
    let skipped = 0;
    for (const row of rows) if (apply(row, outcomes.get(row.number))) skipped++;
    const skips = (row: LoadRow) => outcomes.get(row.number)?.refusal === 'skipped';
    const matched = rows.filter((row) => isSound(row) && !skips(row));
    await preserveUnmapped(ctx, plan, matched);
    await plan.target.check?.(load, matched.filter(isSound));
    const refused = matched.filter(isRefused);
    if (refused.length > 0) await leaveOut(ctx, refused);
    const going = matched.filter(isSound);
    const fresh = going.filter(({ found }) => !found).length;
    const placed = dry
      ? { created: fresh, updated: await countChanges(ctx, plan) }
      : await placeStage(ctx, plan, import_id, rows.length);
    if (placed.created < fresh) await this.#explainMissing(ctx, going);
    this.#count(placed, { skipped, unchanged: going.length - fresh - placed.updated });
    if (dry) going.filter(({ found }) => !found).forEach(pretend);
    else if (plan.inserted.length > 0) await this.#attach(load, going.filter(isSound));
    await emptyStage(ctx.tx);
  }

  /** The second pass over a file only adds what its records are to each other: every row is counted already. */
  #count(placed: Placed, { skipped, unchanged }: Pick<FileCounts, 'skipped' | 'unchanged'>): void {
    this.counts.updated += placed.updated;
    if (this.#place.phase === 'relations') {
      this.counts.unchanged -= placed.updated;
      return;
    }
    this.counts.created += placed.created;
    this.counts.skipped += skipped;
    this.counts.unchanged += unchanged;
  }

  async #explainMissing(ctx: Context, rows: LoadRow[]): Promise<void> {
    const missing = new Set((await notPlaced(ctx, this.#options.plan)).map(({ row_number }) => row_number));
    for (const row of rows) {
      if (missing.has(row.number))
        refuseRow(row, 'taken', 'Another record, which you may not see, has this id or name already.');
    }
  }

  async #attach(load: Load, rows: LoadRow[]): Promise<void> {
    const { target } = this.#options.plan;
    await target.attach?.(load, rows);
    await writeNotes(load, target.resource, rows);
    const { tagColumn } = target.contract;
    if (!tagColumn) return;
    const tagged = rows.flatMap(({ id, values }) => tagsOf(values.tags).map((tag) => ({ record_id: id, tag })));
    const makesTags = scopeOf(load.ctx.actor.rights, 'tag', 'create') !== 'none';
    if (tagged.length > 0) await insertTags(load.ctx, tagColumn, tagged, load.import_id, makesTags);
  }

  async #note(ctx: Context, rows: LoadRow[], leftOut: readonly Row[], now: RunPosition): Promise<void> {
    const { file_id, import_id, relations } = this.#options;
    await actAsProgram(ctx);
    if (this.#place.phase === 'rows') {
      this.counts.rows += rows.length + leftOut.length;
      this.counts.skipped += leftOut.length;
      this.counts.errors += rows.filter(isRefused).length;
    }
    await this.#keep(ctx, rows, leftOut);
    const found = rows.flatMap((row) => row.problems);
    const fresh = this.#place.phase === 'rows' ? found : found.filter(({ code }) => code !== 'duplicate_row');
    const problems = fresh.slice(0, problems_per_file_max - this.#problemsKept);
    if (problems.length > 0) await insertProblems(ctx, file_id, problems);
    this.#problemsKept += problems.length;
    const stop = await noteProgress(ctx, import_id, {
      ...now,
      file_id,
      before: this.#place,
      counts: this.counts,
      matches: relations.report(),
      ...(this.#place.phase === 'rows' && { tally: this.#options.tally }),
    });
    if (stop === undefined) throw new Overtaken('Another process goes on with this import');
    if (stop) throw new Cancelled('The import was cancelled');
    this.#place = now;
  }

  /** What a check finds wrong, or somebody has put right, can be looked at and corrected as it stands in the file. */
  async #keep(ctx: Context, rows: LoadRow[], leftOut: readonly Row[]): Promise<void> {
    const { dry, file_id, isFixed } = this.#options;
    if (!dry) return;
    const told = rows.filter(({ number, problems }) => problems.length > 0 || isFixed(number));
    const kept = [...told.map(({ number, cells }) => ({ number, cells: cells! })), ...leftOut]
      .sort((a, b) => a.number - b.number)
      .slice(0, kept_rows_max - this.#rowsKept);
    if (kept.length > 0) await keepRows(ctx, file_id, kept);
    this.#rowsKept += kept.length;
  }
}

const isSound = (row: LoadRow) => !isRefused(row);

const refusals: Record<string, string> = {
  ambiguous: 'More than one record fits this row. Give the row an id, or merge the records.',
  in_trash: 'The record with this id is in the trash. Take it back from there first, or delete it for good.',
  not_yours: 'Your role does not let you make or change this record, because it is not yours.',
};

/** Answers whether the row is passed over because of the mode. */
function apply(row: LoadRow, outcome: Outcome | undefined): boolean {
  if (!outcome) return false;
  if (outcome.refusal === 'skipped') return true;
  if (outcome.refusal) refuseRow(row, outcome.refusal, refusals[outcome.refusal]!);
  else if (outcome.match_id) Object.assign(row, { id: outcome.match_id, found: true });
  return false;
}

/** What our own triggers raise is said to people; for the rest the same words are found as over HTTP. */
function refuseByDatabase(row: LoadRow, error: unknown): void {
  const { message, routine } = error as Error & { routine?: string };
  const found = toProblem(error)?.errors[0];
  const reason = found
    ? `${found.field.replace(/_/g, ' ')}: ${found.message}.`
    : 'This row does not fit into the database.';
  refuseRow(row, found?.code ?? 'not_allowed', routine === 'exec_stmt_raise' ? `${message}.` : reason);
}

const tagsOf = (text: string | null | undefined): string[] =>
  parseCellList(text ?? '', ';,').map((tag) => cutText(tag, tag_characters_max));
