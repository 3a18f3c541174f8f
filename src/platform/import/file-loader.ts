import type pg from 'pg';
import { scopeOf } from '../../kernel/access/rights.ts';
import { resourceOfTable } from '../../kernel/contract/resource.ts';
import type { Database } from '../../kernel/database/database.ts';
import { toProblem } from '../../kernel/http/errors.ts';
import { hasSealableLabel, labelColumn } from '../../kernel/resource/label.ts';
import { sealsPersonal } from '../../kernel/resource/personal.ts';
import {
  type Actor,
  actWith,
  type Context,
  contextOver,
  settingsOf,
  systemActor,
} from '../../kernel/tenancy/context.ts';
import { cutText, parseCellList, writeCellList } from '../csv/index.ts';
import type { ImportOptions } from './contract.ts';
import { keepCustomFields } from './custom-cells.ts';
import { DuplicateCheck } from './duplicates.ts';
import { kept_rows_max } from './fix/contract.ts';
import { keepRows } from './fix/queries.ts';
import { KeptProblems } from './kept-problems.ts';
import { isRefused, type Load, type LoadRow, leaveOutPart, refuseRow } from './load.ts';
import { writeNotes } from './notes.ts';
import { outcomes_max } from './outcome/contract.ts';
import { keepOutcomes, type RowOutcome } from './outcome/queries.ts';
import { addPhoneKeys, refuseSealedForm, stagePersonal, withholdPersonal } from './personal.ts';
import { preserveUnmapped } from './preserve-unmapped.ts';
import type { ImportProblem } from './problem.ts';
import { insertProblems, insertTags, type Progress, type StoredCounts, saveProgress, tagsNamed } from './queries.ts';
import type { Row } from './read.ts';
import type { MadeByName, Relations } from './relations.ts';
import type { RowSet } from './row-set.ts';
import { indexSecrets, stageSecrets } from './sealed.ts';
import { inSlices } from './slices.ts';
import {
  changingRows,
  emptyStage,
  fillStage,
  leaveOut,
  linkStage,
  matchStage,
  notPlaced,
  type Outcome,
  openStage,
  placeStage,
  type StagePlan,
} from './staging.ts';
import type { FileTally } from './tally.ts';
import { columnsOf, type Defaults } from './target.ts';

const tag_characters_max = 60;

type RunPosition = Pick<Progress, 'phase' | 'rows_done' | 'bytes_done'>;

/** Somebody asked for it to stop. */
export class Cancelled extends Error {}
/** Another process has taken over this import, e.g. because this one was thought dead. */
export class ImportTakenOver extends Error {}

export interface LoaderOptions {
  db: Database;
  /** The user the next batch is written for, with the rights they have by then. */
  importOwner: () => Promise<Actor>;
  import_id: string;
  dry: boolean;
  file_id: string;
  plan: StagePlan;
  options: ImportOptions;
  relations: Relations;
  given: Defaults;
  position: RunPosition;
  counts: StoredCounts;
  tally: FileTally;
  /** Rows that the first pass of a dry run would change: what is written says so itself. */
  changed: RowSet;
  /** Rows that an earlier attempt has refused. */
  refused?: ReadonlySet<number>;
  /** Whether somebody corrected this very row of the file. */
  isFixed: (row: number) => boolean;
  pretended: Load['pretended'];
  /** A dry run creates nothing; registers the record so that later files can refer to it. */
  registerDryRunRecord: (row: LoadRow) => void;
}

/** Takes batches of one file into the database, one transaction each, which also says how far the file is. */
export class FileLoader {
  readonly counts: StoredCounts;
  readonly #options: LoaderOptions;
  readonly #duplicates: DuplicateCheck;
  readonly #keptProblems = new KeptProblems();
  #position: RunPosition;
  #rowsKept = 0;
  #outcomesKept = 0;
  /** Of a dry run, what becomes of the rows of this batch, by their numbers: a batch that is halved says it again. */
  readonly #batch = new Map<number, RowOutcome>();

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#position = options.position;
    this.counts = { ...options.counts };
    this.#duplicates = new DuplicateCheck(options.plan.keys, options.plan.target.sharing);
  }

  get rows_done(): number {
    return this.#position.rows_done;
  }

  /** Identifies rows that an earlier attempt has loaded, so that later rows are known as their duplicates. */
  async reidentify(rows: LoadRow[]): Promise<void> {
    const { plan, refused } = this.#options;
    await this.#transaction(async (load, client) => {
      await this.#identify({ ...load, dry: true }, rows);
      if (plan.linking) return;
      await openStage(load.ctx.tx, plan);
      const loaded = rows.filter((row) => isSound(row) && !refused?.has(row.number));
      await this.#writeBisecting(client, loaded, (some) => this.#findAgain({ ...load, dry: true }, client, some));
    });
  }

  /** `leftOut`: rows between them that somebody does not want. */
  async load(rows: LoadRow[], leftOut: readonly Row[], reached: Omit<RunPosition, 'phase'>): Promise<void> {
    const { target, headers } = this.#options.plan;
    const filled = target.fields.filter(({ name }) => headers.has(name));
    await this.#transaction(async (load, client) => {
      if (!load.dry) await keepCustomFields(load.ctx, target, filled);
      await this.place(load, client, rows);
      await this.#saveProgress(load.ctx, rows, leftOut, { phase: this.#position.phase, ...reached });
    });
  }

  /**
   * Resolves rows and writes them, in the caller's transaction. `validate` may refuse further rows once they are
   * resolved.
   */
  async place(load: Load, client: pg.PoolClient, rows: LoadRow[], validate?: (row: LoadRow) => void): Promise<void> {
    await this.#identify(load, rows);
    if (validate) rows.filter(isSound).forEach(validate);
    const { target, linking } = this.#options.plan;
    if (!linking) await target.prepare?.(load, rows.filter(isSound));
    await openStage(load.ctx.tx, this.#options.plan);
    await this.#writeBisecting(client, rows.filter(isSound), (some) =>
      linking ? this.#link(load, client, some) : this.#stageAndPlace(load, client, some),
    );
  }

  /** Records that this file goes on to its next phase. The relations phase reads the file again from the start. */
  async startPhase(phase: Progress['phase']): Promise<void> {
    const { rows_done, bytes_done } = phase === 'relations' ? { rows_done: 0, bytes_done: 0 } : this.#position;
    await this.#transaction(({ ctx }) => this.#saveProgress(ctx, [], [], { phase, rows_done, bytes_done }));
  }

  async #transaction(work: (load: Load, client: pg.PoolClient) => Promise<void>): Promise<void> {
    const { db, importOwner, import_id, dry, plan, given, pretended } = this.#options;
    const { bad_cells } = plan.options;
    const { currency } = given;
    const actor = await importOwner();
    const settings = settingsOf(actor, { request_id: `import:${import_id}`, ...(!dry && { import_id }) });
    return db.streaming(settings, (tx, client) =>
      work({ ctx: contextOver(tx, db, actor), import_id, dry, bad_cells, currency, pretended }, client),
    );
  }

  async #identify(load: Load, rows: LoadRow[]): Promise<void> {
    const { relations, plan, given } = this.#options;
    await relations.resolve(load, rows);
    if (plan.sealed.length > 0) await indexSecrets(load.ctx, plan, rows);
    await inSlices(rows, (row) => {
      plan.target.shape?.(row, given);
      refuseSealedForm(plan, row);
      if (!isRefused(row)) this.#duplicates.byKey(row);
    });
  }

  /**
   * The database may refuse a row. The batch is halved until the refused row stands alone, so that the others are
   * written.
   */
  async #writeBisecting(
    client: pg.PoolClient,
    rows: LoadRow[],
    write: (rows: LoadRow[]) => Promise<MadeByName[]>,
  ): Promise<void> {
    if (rows.length === 0) return;
    await client.query('savepoint batch');
    const before = { ...this.counts };
    try {
      const made = await write(rows);
      await client.query('release savepoint batch');
      this.#options.relations.confirm(made);
    } catch (error) {
      if (!/^2[23]/.test((error as { code?: string }).code ?? '')) throw error;
      await client.query('rollback to savepoint batch');
      Object.assign(this.counts, before);
      if (rows.length === 1) return refuseByDatabase(this.#options.plan, rows[0]!, error);
      const sound = rows.filter(isSound);
      const half = sound.length >> 1;
      await this.#writeBisecting(client, sound.slice(0, half), write);
      await this.#writeBisecting(client, sound.slice(half), write);
    }
  }

  /** Answers what it has made of names. */
  async #stageAndPlace(load: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<MadeByName[]> {
    const { plan, import_id, dry, relations, registerDryRunRecord } = this.#options;
    const { ctx } = load;
    const outcomes = await this.#match(load, client, rows);
    let skipped = 0;
    for (const row of rows) {
      if (applyOutcome(row, outcomes.get(row.number))) skipped++;
      else if (row.record_id !== undefined && !row.found && isSound(row))
        refuseRow(row, 'no_such_record', 'The record that this row is about no longer exists.');
    }
    const skips = (row: LoadRow) => outcomes.get(row.number)?.refusal === 'skipped';
    const matched = rows.filter((row) => isSound(row) && !skips(row));
    await preserveUnmapped(ctx, plan, matched);
    await plan.target.check?.(load, matched.filter(isSound));
    await this.#leaveOutTags(load, matched.filter(isSound));
    for (const row of matched) if (isSound(row)) this.#duplicates.byRecord(row);
    const refused = matched.filter(isRefused);
    if (refused.length > 0) await leaveOut(ctx, refused);
    const sound = matched.filter(isSound);
    const fresh = sound.filter(({ found }) => !found).length;
    if (plan.sealed.length > 0) await stageSecrets(ctx, plan, sound);
    await stagePersonal(ctx, plan, sound, !dry);
    const accepted = sound.filter(isSound);
    const made = await relations.make(load, accepted);
    if (dry) this.#noteOutcomes(rows.filter(isSound), skips);
    const placed = dry
      ? { created: fresh, updated: await this.#changing(ctx, accepted) }
      : await placeStage(ctx, plan, import_id, rows.length);
    if (placed.created < fresh) await this.#explainMissing(ctx, accepted);
    this.counts.created += placed.created;
    this.counts.updated += placed.updated;
    this.counts.skipped += skipped;
    this.counts.unchanged += accepted.length - fresh - placed.updated;
    if (dry) accepted.filter(({ found }) => !found).forEach(registerDryRunRecord);
    else await this.#attach(load, accepted.filter(isSound));
    await emptyStage(ctx.tx);
    return made;
  }

  async #match({ ctx, dry }: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<Map<number, Outcome>> {
    const { plan, import_id } = this.#options;
    if (plan.personal.length > 0) await withholdPersonal(ctx, plan, rows);
    await addPhoneKeys(ctx, plan, rows);
    await fillStage(client, plan, rows);
    const outcomes = await matchStage(ctx, plan, import_id, { rows, writes: !dry });
    return new Map(outcomes.map((outcome) => [outcome.row_number, outcome]));
  }

  /** Finds the records of rows that an earlier attempt has loaded: later rows may find them by another key. */
  async #findAgain(load: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<MadeByName[]> {
    const outcomes = await this.#match(load, client, rows);
    for (const row of rows) {
      const isSkipped = applyOutcome(row, outcomes.get(row.number));
      if (!isSkipped && isSound(row) && row.found) this.#duplicates.byRecord(row);
    }
    await emptyStage(load.ctx.tx);
    return [];
  }

  /**
   * The second pass over a file only adds what its records are to each other: every row is counted already, and what is
   * wrong with it was said.
   */
  async #link(load: Load, client: pg.PoolClient, rows: LoadRow[]): Promise<MadeByName[]> {
    const { plan, import_id, dry, relations } = this.#options;
    const { ctx } = load;
    const outcomes = await this.#match(load, client, rows);
    for (const row of rows) applyOutcome(row, outcomes.get(row.number));
    const accepted = rows.filter(({ number }) => {
      const { refusal, match_id } = outcomes.get(number) ?? {};
      // What is new was not written by a dry run, and so not found.
      return !refusal && (dry || match_id);
    });
    await preserveUnmapped(ctx, plan, accepted);
    const made = await relations.make(load, accepted);
    const linked = dry ? await this.#changing(ctx, accepted) : await linkStage(ctx, plan, import_id);
    // Of many refused rows not all are noted: the others are linked too, and were never counted as unchanged.
    const updated = Math.min(linked, this.counts.unchanged);
    this.counts.updated += updated;
    this.counts.unchanged -= updated;
    await emptyStage(ctx.tx);
    return made;
  }

  /** Of a dry run: who would be made, and whom rows could be. */
  #noteOutcomes(rows: readonly LoadRow[], skips: (row: LoadRow) => boolean): void {
    const { contract } = this.#options.plan.target;
    for (const row of rows) {
      const { number: row_number, candidates = [], values } = row;
      const action = skips(row) ? 'skip' : 'create';
      if (row.found || (action === 'skip' && candidates.length === 0)) continue;
      const name = values[labelColumn(contract) ?? ''] ?? values.email ?? values.external_id ?? '';
      this.#batch.set(row_number, { row_number, action, record_id: null, name, changes: {}, candidates });
    }
  }

  /** How many records a run would change, besides those that the first pass would; in what is noted. */
  async #changing(ctx: Context, rows: readonly LoadRow[]): Promise<number> {
    const { plan, changed } = this.#options;
    const found = await changingRows(ctx, plan);
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    for (const { row_number, changes } of found) {
      const row = byNumber.get(row_number)!;
      const named = Object.entries(changes).map(([column, value]) => [column, withName(plan, row, column, value)]);
      const name = row.values[labelColumn(plan.target.contract) ?? ''] ?? '';
      const said = { row_number, action: 'update', record_id: row.id, name, candidates: [] } as const;
      this.#batch.set(row_number, { ...said, changes: Object.fromEntries(named) });
    }
    const fresh = found.filter(({ row_number }) => !changed.has(row_number));
    for (const { row_number } of fresh) changed.add(row_number);
    return fresh.length;
  }

  /** Of a dry run, what became of the rows that were placed last, without those that were refused in the end. */
  takeOutcomes(rows: readonly LoadRow[]): RowOutcome[] {
    const sound = new Set(rows.filter(isSound).map(({ number }) => number));
    const outcomes = [...this.#batch.values()].filter(({ row_number }) => sound.has(row_number));
    this.#batch.clear();
    return outcomes;
  }

  async #explainMissing(ctx: Context, rows: LoadRow[]): Promise<void> {
    const missing = new Set((await notPlaced(ctx, this.#options.plan)).map(({ row_number }) => row_number));
    for (const row of rows) {
      if (missing.has(row.number))
        refuseRow(row, 'taken', 'Another record, which you may not see, has this id or name already.');
    }
  }

  /** Those that are not there and that the caller may not make. */
  async #leaveOutTags(load: Load, rows: LoadRow[]): Promise<void> {
    if (!this.#options.plan.target.contract.attachable || makesTags(load)) return;
    const known = await tagsNamed(load.ctx, [...new Set(rows.flatMap(({ values }) => tagsOf(values.tags)))]);
    for (const row of rows) {
      const tags = tagsOf(row.values.tags);
      const unknown = tags.filter((tag) => !known.has(tag));
      if (unknown.length === 0) continue;
      const text = writeCellList(unknown);
      const message = `There is no tag “${text}”. Make it first, or let somebody import who may make tags.`;
      leaveOutPart(load, row, { code: 'no_such_tag', message, label: 'Tags', text });
      row.values.tags = writeCellList(tags.filter((tag) => known.has(tag)));
    }
  }

  async #attach(load: Load, rows: LoadRow[]): Promise<void> {
    const { target } = this.#options.plan;
    await target.attach?.(load, rows);
    await writeNotes(load, rows);
    if (!target.contract.attachable) return;
    const tagged = rows.flatMap(({ id, values }) => tagsOf(values.tags).map((tag) => ({ record_id: id, tag })));
    if (tagged.length > 0) await insertTags(load.ctx, tagged, load.import_id, makesTags(load));
  }

  async #saveProgress(ctx: Context, rows: LoadRow[], leftOut: readonly Row[], now: RunPosition): Promise<void> {
    const { file_id, import_id, relations } = this.#options;
    await actWith(ctx, systemActor(ctx.tenant_id).rights);
    if (this.#position.phase === 'rows') {
      this.counts.rows += rows.length + leftOut.length;
      this.counts.skipped += leftOut.length;
      this.counts.errors += rows.filter(isRefused).length;
    }
    await this.#saveRowsForReview(ctx, rows, leftOut);
    const outcomes = this.takeOutcomes(rows).slice(0, outcomes_max - this.#outcomesKept);
    await keepOutcomes(ctx, file_id, outcomes);
    this.#outcomesKept += outcomes.length;
    const found = rows.flatMap((row) => row.problems);
    const fresh = this.#position.phase === 'rows' ? found : found.flatMap(aboutLinking);
    const { kept, unnamed } = this.#keptProblems.keep(fresh);
    if (kept.length > 0) await insertProblems(ctx, file_id, kept);
    if (unnamed > 0) this.counts.unnamed = (this.counts.unnamed ?? 0) + unnamed;
    const stop = await saveProgress(ctx, import_id, {
      ...now,
      file_id,
      before: this.#position,
      counts: this.counts,
      matches: relations.report(),
      ...(this.#position.phase === 'rows' && { tally: this.#options.tally }),
    });
    if (stop === undefined) throw new ImportTakenOver('Another process goes on with this import');
    if (stop) throw new Cancelled('The import was cancelled');
    this.#position = now;
  }

  /**
   * A dry run saves the original cells of rows with problems and of corrected rows, so that users can review and
   * correct them.
   */
  async #saveRowsForReview(ctx: Context, rows: LoadRow[], leftOut: readonly Row[]): Promise<void> {
    const { dry, file_id, isFixed } = this.#options;
    if (!dry) return;
    const reviewed = rows.filter(({ number, problems }) => problems.length > 0 || isFixed(number));
    const kept = [...reviewed.map(({ number, cells }) => ({ number, cells: cells! })), ...leftOut]
      .sort((a, b) => a.number - b.number)
      .slice(0, kept_rows_max - this.#rowsKept);
    if (kept.length > 0) {
      const { sealed, personal, headers, options } = this.#options.plan;
      const mayHaveTexts = personal.length > 0 || headers.has('note') || options.bad_cells === 'note';
      await keepRows(ctx, file_id, kept, sealed.length > 0 || (mayHaveTexts && (await sealsPersonal(ctx))));
    }
    this.#rowsKept += kept.length;
  }
}

/** What the second pass finds is no reason to leave the row out: it is in. */
const aboutLinking = (problem: ImportProblem): ImportProblem[] =>
  problem.code === 'duplicate_row' ? [] : [{ ...problem, severity: 'warning' }];

const isSound = (row: LoadRow) => !isRefused(row);

const refusals: Record<string, string> = {
  ambiguous: 'More than one record fits this row. Give the row an id, or merge the records.',
  in_trash: 'The record with this id is in the trash. Take it back from there first, or delete it for good.',
  not_yours: 'Your role does not let you make or change this record, because it is not yours.',
};

/** A reference with what the row calls it: what is to be made has no name yet. */
function withName({ target }: StagePlan, { values }: LoadRow, column: string, value: unknown): unknown {
  if (value === null || !target.contract.meta.get(column)?.table) return value;
  const field = target.fields.find((one) => one.reference && columnsOf(one)[0] === column);
  const named = resourceOfTable(target.contract.meta.get(column)?.table);
  // Names that may be sealed are kept nowhere else; whoever reads the list finds them by the id.
  if (named && hasSealableLabel(named)) return { id: value, name: '' };
  return { id: value, name: (field && values[field.name]) ?? '' };
}

/** Applies the outcome of matching to the row. Returns true when the import mode skips it. */
function applyOutcome(row: LoadRow, outcome: Outcome | undefined): boolean {
  if (!outcome) return false;
  if (outcome.candidates && !outcome.match_id) markCandidates(row, outcome.candidates);
  if (outcome.refusal === 'skipped') return true;
  if (outcome.refusal) refuseRow(row, outcome.refusal, refusals[outcome.refusal]!);
  else if (outcome.match_id) Object.assign(row, { id: outcome.match_id, found: true });
  return false;
}

/**
 * A message raised by our own triggers is written for users and shown as it is. Other database errors get the message
 * that the HTTP API gives them, at the column of the file that gave the value; a value that none gave, such as a
 * default, is named by its field.
 */
function refuseByDatabase({ target, headers }: StagePlan, row: LoadRow, error: unknown): void {
  const { message, routine } = error as Error & { routine?: string };
  const found = toProblem(error)?.errors[0];
  const code = found?.code ?? 'not_allowed';
  const header = (found && headers.get(found.field)) ?? null;
  if (routine === 'exec_stmt_raise') refuseRow(row, code, `${message}.`, header);
  else if (!found) refuseRow(row, code, 'This row does not fit into the database.');
  else if (header !== null) refuseRow(row, code, found.message, header);
  else {
    const label = target.fields.find(({ name }) => name === found.field)?.label ?? found.field;
    refuseRow(row, code, `${label}: ${found.message}`);
  }
}

/** Nobody has said whether the row is one of these, so it is none of them. A batch that is halved says it once more. */
function markCandidates(row: LoadRow, candidates: string[]): void {
  if (row.candidates) return;
  row.candidates = candidates;
  const message =
    'A record with this name, or with this e-mail address under another name, already exists. Say whether the row is about it.';
  row.problems.push({ code: 'could_be', severity: 'warning', row: row.number, column: null, message });
}

const makesTags = ({ ctx }: Load): boolean => scopeOf(ctx.actor.rights, 'tag', 'create') !== 'none';

const tagsOf = (text: string | null | undefined): string[] =>
  parseCellList(text ?? '', ';,').map((tag) => cutText(tag, tag_characters_max));
