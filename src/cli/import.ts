import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { abandonFiles } from '../kernel/files/abandon.ts';
import { openFiles } from '../kernel/files/create-file-store.ts';
import type { FileStore } from '../kernel/files/file-store.ts';
import { sealedFiles } from '../kernel/files/sealed-files.ts';
import { type Context, systemActor, withContext } from '../kernel/tenancy/context.ts';
import { importFormats, importTargets as targets } from '../modules/index.ts';
import type { ImportReport } from '../platform/import/contract.ts';
import {
  analyseNew,
  Cancelled,
  createImport,
  describeImport,
  finishRun,
  receiveFiles,
  runImport,
  startRun,
  takeSamples,
} from '../platform/import/index.ts';
import { type Call, type Command, tenantId, UsageError, withDatabase } from './command.ts';
import { mapAsTold, optionsOf } from './import-mapping.ts';
import { outcomesInWords, pageOf, readOutcomes } from './import-outcomes.ts';
import { reportInWords } from './import-report.ts';

const progress_ms = 2_000;

export const importCommands: Command[] = [
  {
    name: 'import',
    summary: 'Imports CSV files, workbooks and vCards: works out what each is, and in what order they load.',
    words: 'FILE...',
    flags: {
      tenant: { needed: true, help: 'Name of the workspace' },
      as: { help: 'What the rows are, such as contacts or companies; found out by default' },
      map: {
        kind: 'repeated',
        help: '"COLUMN=FIELD"; FIELD "note" keeps the column in a note, an empty one leaves it out',
      },
      'map-option': {
        kind: 'repeated',
        help: '"COLUMN:TEXT=OPTION"; cells of the column with this text mean the option, or nothing where it is empty',
      },
      mapping: { help: 'Name of a saved mapping to use' },
      'dry-run': { kind: 'switch', help: 'Say what would happen, and write nothing' },
      'create-missing': {
        kind: 'switch',
        help: 'Create companies that rows name and that are not there: the default; --no-create-missing does not',
      },
      'keep-in-notes': {
        kind: 'switch',
        help: 'Keep columns without a field, and cells that do not fit theirs, in notes',
      },
      'same-name': {
        help: 'What a row of which only the name is that of somebody does: "create" (the default; the check lists whom it could be) or "update"',
      },
      'same-email': {
        help: 'Whose a row with the e-mail address of somebody with another first name is: "by-name" another person’s (the default), or "one-person" theirs',
      },
      page: { help: 'Of what a dry run lists, which ten rows of each kind; 1 by default' },
      strict: { kind: 'switch', help: 'Leave out a row one of whose cells does not fit its field' },
      currency: { help: "ISO 4217 code of amounts that name none; the workspace's own by default" },
      resume: { help: 'Id of an import that was stopped, to go on with it' },
    },
    run: importFiles,
  },
];

async function importFiles(call: Call): Promise<number> {
  const { flags, switches, words, say } = call;
  const absent = words.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false);
  if (absent) throw new UsageError(`There is no file ${absent}`);
  if (words.length === 0 && !flags.resume)
    throw new UsageError('Name the files to import: holdfast import --tenant T FILE...');
  if (flags.resume && !z.uuid().safeParse(flags.resume).success)
    throw new UsageError('--resume takes the id of an import, as the command that was stopped has shown it.');
  const tenant_id = await tenantId(call);
  const files = openFiles(call.config);
  return withDatabase(call, async (db) => {
    const store = sealedFiles(files, db);
    const services = { store, targets };
    const transact = <R>(work: (ctx: Context) => Promise<R>): Promise<R> =>
      withContext(db, systemActor(tenant_id), work, { request_id: `cli:${process.pid}` });
    const dry = switches['dry-run'] === true;
    const page = pageOf(flags.page);
    const uploads = flags.resume
      ? []
      : await receiveFiles(store, undefined, { tenant: tenant_id, caller: '' }, importFormats, uploadsOf(words));
    const make = async () => {
      const analysing = { targets, samples: await takeSamples(store, uploads) };
      const analysed = await analyseNew(transact, analysing, uploads);
      return transact(async (ctx) => {
        const made = await createImport(ctx, analysed, uploads, optionsOf(call));
        await mapAsTold(ctx, analysing, made, call);
        return made;
      });
    };
    const id = flags.resume ?? (await make().catch((error) => abandoned(store, uploads, error)));
    say(`Import ${id}`);
    await transact((ctx) => startRun(ctx, services, id, dry));
    const failure = await runImport({
      db,
      store,
      tenant_id,
      user_id: null,
      import_id: id,
      targets,
      dry,
      signal: interruption(),
      onProgress: progressLine(say),
    }).then(
      () => undefined,
      (error: Error) => (error.name === 'AbortError' ? new Cancelled() : error),
    );
    if (!(await transact((ctx) => finishRun(ctx, id, dry, failure)))) throw failure;
    const report = (await transact((ctx) => describeImport(ctx, targets, id))) as unknown as ImportReport;
    const listed = dry ? await readOutcomes(db, tenant_id, { report, targets, page }) : [];
    const said = reportInWords(report, {
      tenant: flags.tenant!,
      dry,
      listed: outcomesInWords(listed, { report, page }),
    });
    call.answer(dry ? { ...report, outcomes: listed } : report, said);
    return report.state === (dry ? 'ready' : 'done') &&
      !report.error &&
      report.files.every(({ counts }) => counts.errors === 0)
      ? 0
      : 1;
  }).finally(() => files.close());
}

/** What was stored for an import that does not come about. */
async function abandoned(store: FileStore, uploads: { storage_key: string }[], error: unknown): Promise<never> {
  await abandonFiles(
    store,
    uploads.map(({ storage_key }) => storage_key),
    error,
  );
  throw error;
}

async function* uploadsOf(paths: string[]) {
  for (const path of paths) yield { body: createReadStream(path), fileName: basename(path) };
}

/** The first Ctrl-C stops after the present batch. */
function interruption(): AbortSignal {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  return abort.signal;
}

function progressLine(say: (line: string) => void) {
  let last = Date.now();
  return ({
    file,
    rows_done,
    bytes_read,
    size_bytes,
  }: Parameters<NonNullable<Parameters<typeof runImport>[0]['onProgress']>>[0]) => {
    if (Date.now() - last < progress_ms) return;
    last = Date.now();
    say(`${file}: row ${rows_done.toLocaleString('en')}, ${Math.round((100 * bytes_read) / Math.max(1, size_bytes))}%`);
  };
}
