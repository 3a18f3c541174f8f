import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, Problem, problems } from '../../kernel/errors/problem.ts';
import { refuseTypesOff } from '../../kernel/features/switches.ts';
import { type FileStore, isFileNotFound } from '../../kernel/files/file-store.ts';
import { contentBytes } from '../../kernel/files/sealed-files.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { searchSuspects } from '../duplicate/index.ts';
import type { AnalysedFile, FileToAnalyse } from './analyse.ts';
import {
  type FileAnswers,
  type ImportOptions,
  type importChange,
  importOptions,
  repeatable_fields,
} from './contract.ts';
import { Cancelled, ImportTakenOver } from './file-loader.ts';
import { forgetFixes } from './fix/queries.ts';
import { getImport, mayLoad } from './import-owner.ts';
import type { MappingInUse } from './mapping-in-use.ts';
import { mayWriteNotes } from './notes.ts';
import { analyseFiles, claimantOf } from './parsers.ts';
import { UnreadableFile } from './problem.ts';
import {
  endImport,
  findFiles,
  findImport,
  findSavedMappings,
  findStoredFiles,
  hasWritten,
  type ImportFileRow,
  type ImportRow,
  insertFiles,
  insertImport,
  insertStoredFile,
  requestCancel,
  startImport,
  startOver,
  updateFiles,
  updateImport,
} from './queries.ts';
import type { Analysing, Samples } from './samples.ts';
import type { ImportTarget } from './target.ts';
import { tenantTargets } from './tenant-targets.ts';
import type { StoredUpload } from './uploads.ts';

const days_kept = 30;

/** What imports work with. */
export interface ImportServices {
  store: FileStore;
  targets: readonly ImportTarget[];
}

/** Runs work in a transaction, where none is open meanwhile. */
type Transact = <R>(work: (ctx: Context) => Promise<R>) => Promise<R>;

/** What files are, before an import is made of them: no transaction is open while they are read. */
export async function analyseNew(
  transact: Transact,
  { samples, targets }: Analysing,
  files: readonly (Pick<StoredUpload, 'id' | 'name' | 'source' | 'resource'> & { storage_key: string | null })[],
): Promise<AnalysedFile[]> {
  const known = await transact(async (ctx) => ({
    targets: await tenantTargets(ctx, targets),
    saved: await findSavedMappings(ctx),
    by: claimantOf(ctx.actor),
  }));
  const toAnalyse = files.map((file) => ({
    id: file.id,
    name: file.name,
    sample: sampleOf(samples, file),
    answers: file.resource ? { resource: file.resource } : {},
    source: file.source,
  }));
  return analyseFiles(toAnalyse, known.targets, known.saved, known.by);
}

/** Makes an import of files just uploaded, which were analysed. */
export async function createImport(
  ctx: Context,
  analysed: readonly AnalysedFile[],
  uploads: readonly StoredUpload[],
  options: Partial<ImportOptions> = {},
): Promise<string> {
  for (const upload of uploads) await insertStoredFile(ctx, { ...upload, kind: 'upload', days_kept });
  return createImportOf(ctx, analysed, uploads.map(({ id }) => id), options); // biome-ignore format: one call
}

/** Makes an import of files that are stored already, which were analysed. */
export async function createImportOf(
  ctx: Context,
  analysed: readonly AnalysedFile[],
  file_ids: string[],
  options: Partial<ImportOptions> = {},
): Promise<string> {
  const found = await findStoredFiles(ctx, file_ids);
  const files = file_ids.map((id) => found.find((file) => file.id === id));
  const absent = files.findIndex((file) => !file);
  if (absent !== -1) throw invalidField(`file_ids.${absent}`, 'no_such_record', 'There is no such file');
  const stored = files.map((file) => file!);
  const id = uuidV7();
  const name = stored
    .map((file) => file.name)
    .join(', ')
    .slice(0, 300);
  await insertImport(ctx, { id, name, options: importOptions.parse(options) });
  await insertFiles(
    ctx,
    id,
    analysed.map(({ id: file_id, answers, found, mapping }, position) => {
      const { name, storage_key, ...file } = stored.find((file) => file.id === file_id)!;
      const size_bytes = contentBytes(storage_key, file.size_bytes);
      return { id: uuidV7(), position, file_id, name, size_bytes, answers, found, mapping };
    }),
  );
  return id;
}

type Change = z.output<typeof importChange>;

/** What a change would make of the files of an import. */
interface PreparedChange {
  answered: Answered[];
  analysed: AnalysedFile[];
}

interface Answered {
  file: ImportFileRow;
  answers: FileAnswers;
}

/**
 * The analysis that `changeImport` needs, outside of its transaction. Undefined when the change cannot be made, which
 * that says.
 */
export async function prepareChange(
  transact: Transact,
  analysing: Analysing,
  id: string,
  change: Change,
): Promise<PreparedChange | undefined> {
  const known = await transact(async (ctx) => {
    const files = await findFiles(ctx, id);
    const answered = await answeredFiles(ctx, analysing.targets, files, change).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
    return answered && { answered, targets: await tenantTargets(ctx, analysing.targets), by: claimantOf(ctx.actor) };
  });
  if (!known || known.answered.length === 0) return undefined;
  const { answered, targets, by } = known;
  return { answered, analysed: await analyseFiles(filesToAnalyse(analysing.samples, answered), targets, [], by) };
}

/**
 * `prepared`: what was found out before. Where somebody has answered something else meanwhile, the files are analysed
 * anew.
 */
export async function changeImport(
  ctx: Context,
  { samples, targets }: Analysing,
  id: string,
  change: Change,
  version: number | undefined,
  prepared?: PreparedChange,
): Promise<void> {
  const row = await lockImport(ctx, id, version);
  refuseUnlessOpen(row, 'Make a new one to import with other settings.');
  await refuseBegun(ctx, row);
  const files = await findFiles(ctx, id);
  const answered = await answeredFiles(ctx, targets, files, change);
  const analysed =
    prepared && isSame(prepared.answered, answered)
      ? prepared.analysed
      : await analyseFiles(
          filesToAnalyse(samples, answered),
          await tenantTargets(ctx, targets),
          [],
          claimantOf(ctx.actor),
        );
  await updateFiles(
    ctx,
    analysed.map((one, position) => ({ ...one, position })),
  );
  const rewritten = files.filter(({ id }) => change.files?.some((said) => said.id === id && said.dialect));
  if (rewritten.length > 0)
    await forgetFixes(
      ctx,
      rewritten.map(({ id }) => id),
    );
  await startOver(ctx, id);
  await updateImport(ctx, id, importOptions.parse({ ...row.options, ...change.options }));
}

async function answeredFiles(
  ctx: Context,
  targets: readonly ImportTarget[],
  files: ImportFileRow[],
  change: Change,
): Promise<Answered[]> {
  const saved = await findSavedMappings(ctx);
  const answered = files.map((file, at) => {
    const said = change.files?.find((one) => one.id === file.id);
    const place = change.files?.findIndex((one) => one.id === file.id) ?? at;
    return { file, answers: merged(file.answers, said, saved, targets, `files.${place}`) };
  });
  const stranger = change.files?.findIndex((one) => !files.some((file) => file.id === one.id)) ?? -1;
  if (stranger !== -1) throw invalidField(`files.${stranger}.id`, 'no_such_record', 'This import has no such file');
  return answered;
}

const filesToAnalyse = (samples: Samples, answered: readonly Answered[]): FileToAnalyse[] =>
  answered.map(({ file, answers }) => ({
    id: file.id,
    name: file.name,
    sample: sampleOf(samples, file),
    answers,
    source: file.found.source,
  }));

const isSame = (before: readonly Answered[], now: readonly Answered[]): boolean =>
  isDeepStrictEqual(
    before.map(({ file, answers }) => [file.id, answers]),
    now.map(({ file, answers }) => [file.id, answers]),
  );

function sampleOf(samples: Samples, file: Pick<ImportFileRow, 'name' | 'storage_key'>) {
  const sample = samples.get(file.storage_key ?? '');
  if (!sample) throw noLongerStored(file);
  return sample;
}

/** Its time is over, or somebody has deleted it. */
const noLongerStored = ({ name }: Pick<ImportFileRow, 'name'>) =>
  problems.conflict(`“${name}” is no longer stored. Upload it again.`);

/** What was said before, with what is said now. */
function merged(
  before: FileAnswers,
  said: (FileAnswers & { id: string }) | undefined,
  saved: { id: string; resource: string; columns: Record<string, string | null> }[],
  targets: readonly ImportTarget[],
  place: string,
): FileAnswers {
  if (!said) return before;
  const { id: _, saved_mapping_id, ...now } = said;
  const mapping = saved.find(({ id }) => id === saved_mapping_id);
  if (saved_mapping_id && !mapping)
    throw invalidField(`${place}.saved_mapping_id`, 'no_such_record', 'There is no such saved mapping');
  if (now.resource && !targets.some(({ resource }) => resource === now.resource))
    throw invalidField(
      `${place}.resource`,
      'invalid_value',
      `Choose one of ${targets.map(({ resource }) => resource).join(', ')}`,
    );
  const anew = now.resource !== undefined && now.resource !== before.resource;
  const chosen = { ...mapping?.columns, ...now.columns };
  // A field that goes to another column leaves the one it had.
  const fields = new Set(Object.values(chosen));
  const kept = Object.entries(anew ? {} : (before.columns ?? {})).map(([column, field]) => [
    column,
    field !== null && fields.has(field) && !repeatable_fields.has(field) ? null : field,
  ]);
  const columns = { ...Object.fromEntries(kept), ...chosen };
  const others = (before.values ?? []).filter(
    (old) => !now.values?.some((one) => one.code === old.code && one.column === old.column),
  );
  return {
    ...before,
    ...(mapping && { resource: mapping.resource }),
    ...now,
    ...(now.dialect && { dialect: { ...before.dialect, ...now.dialect } }),
    columns,
    values: [...others, ...(now.values ?? [])],
  };
}

/** Starts a run or a dry run; whoever calls it then has it done, here or by a job. */
export async function startRun(
  ctx: Context,
  { targets }: ImportServices,
  id: string,
  dry: boolean,
  version?: number,
): Promise<void> {
  const row = await lockImport(ctx, id, version);
  // Nobody is at it any more, as when the worker was lost too often.
  const isLost = isRunning(row) && row.is_silent;
  const resumes = isLost && row.state === 'running';
  if (!isLost) refuseWhileBusy(row);
  if (row.state === 'done' || row.state === 'reverted')
    throw problems.conflict('This import is over. Make a new one to import again.');
  if (dry) await refuseBegun(ctx, row);
  const files = (await findFiles(ctx, id)).filter(({ answers }) => !answers.ignored);
  refuseTypesOff(
    ctx.actor,
    files.map(({ mapping }) => mapping?.resource),
  );
  const blocked = files.find(
    ({ mapping, found }) => !mapping || found.problems.some(({ severity }) => severity === 'fatal'),
  );
  if (blocked) {
    const reason =
      blocked.found.problems.find(({ severity }) => severity === 'fatal')?.message ??
      'It is not known what its rows are.';
    throw problems.conflict(
      `“${blocked.name}” cannot be imported like this: ${reason} Change that, or leave the file out.`,
      'not_ready',
    );
  }
  if (files.length === 0) throw problems.conflict('Every file is left out: there is nothing to import.', 'not_ready');
  for (const { mapping } of files) {
    refuseWithoutRight(ctx, targets, mapping!.resource, row.options);
    refuseWithoutNotes(ctx, mapping!, row.options);
  }
  // A cancelled or failed run goes on where it stands.
  const goesOn = !dry && (resumes || row.state === 'cancelled' || row.state === 'failed');
  const gone = files.find(({ storage_key, phase }) => !storage_key && !(goesOn && phase === 'done'));
  if (gone) throw noLongerStored(gone);
  if (!goesOn) await startOver(ctx, id);
  await startImport(ctx, id, dry ? 'dry_running' : 'running');
}

function refuseWithoutRight(
  ctx: Context,
  targets: readonly ImportTarget[],
  resource: string,
  options: ImportOptions,
): void {
  const target = targets.find((target) => target.resource === resource)!;
  if (!mayLoad(ctx.actor, target, options))
    throw problems.forbidden(
      `Your role does not let you import into ${target.contract.right}. Ask an administrator of your workspace, or leave the file out.`,
    );
}

function refuseWithoutNotes({ actor }: Context, { columns }: MappingInUse, { bad_cells }: ImportOptions): void {
  const isNeeded = bad_cells === 'note' || columns.some(({ field }) => field === 'note');
  if (isNeeded && !mayWriteNotes(actor))
    throw problems.forbidden(
      'Your role does not let you write notes. Leave out the columns that go into notes, and let cells that do not fit be left empty.',
    );
}

/** Notes how a run ended. Answers false when it must be tried again. */
export async function finishRun(ctx: Context, id: string, dry: boolean, error?: unknown): Promise<boolean> {
  if (error instanceof ImportTakenOver) return true;
  const back = dry ? 'ready' : undefined;
  if (!error && !dry) await searchSuspects(ctx);
  if (!error) await endImport(ctx, id, { state: back ?? 'done' });
  else if (error instanceof Cancelled) await endImport(ctx, id, { state: back ?? 'cancelled' });
  else if (isFinal(error)) await endImport(ctx, id, { state: back ?? 'failed', error: error.message });
  else return false;
  return true;
}

/** Another attempt would end the same way. */
const isFinal = (error: unknown): error is Error =>
  error instanceof UnreadableFile || (error instanceof Problem && error.status === 403) || isFileNotFound(error);

export const isRunning = ({ state }: ImportRow): boolean => state === 'running' || state === 'dry_running';

export async function cancelImport(ctx: Context, id: string): Promise<void> {
  const row = await lockImport(ctx, id);
  if (!isRunning(row)) throw problems.conflict('This import is not running.');
  await requestCancel(ctx, id);
}

export async function lockImport(ctx: Context, id: string, version?: number): Promise<ImportRow> {
  const row = await findImport(ctx, id, true);
  const shown = await getImport(ctx, id);
  if (version !== undefined && version !== shown.version) throw problems.stale(shown);
  if (!row) throw problems.forbidden();
  return row;
}

export function refuseUnlessOpen(row: ImportRow, over: string): void {
  refuseWhileBusy(row);
  if (row.state === 'done' || row.state === 'reverted') throw problems.conflict(`This import is over. ${over}`);
}

/** Read otherwise than before, its rows would have to begin anew, and those without a key would go in twice. */
export async function refuseBegun(ctx: Context, { id, state }: ImportRow): Promise<void> {
  if (state !== 'ready' && state !== 'dry_running' && (await hasWritten(ctx, id)))
    throw problems.conflict(
      'This import has already created or changed records. Continue it, or revert it and start a new one.',
      'begun',
    );
}

function refuseWhileBusy({ state }: ImportRow): void {
  if (['running', 'dry_running', 'reverting'].includes(state))
    throw problems.conflict('This import is running. Wait until it is over, or cancel it.', 'busy');
}

/** A run that failed too often can be started again by hand, where it stands. */
export const giveUpRun = (ctx: Context, id: string, dry: boolean, error: string): Promise<void> =>
  endImport(ctx, id, { state: dry ? 'ready' : 'failed', error });
