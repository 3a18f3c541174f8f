import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { openFiles } from '../app.ts';
import { type Context, systemActor, withContext } from '../kernel/tenancy/context.ts';
import type { ImportReport } from '../modules/directory/import/contract.ts';
import {
  Cancelled,
  createImport,
  describeImport,
  finishRun,
  receiveFiles,
  runImport,
  startRun,
} from '../modules/directory/import/index.ts';
import { importTargets as targets } from '../modules/index.ts';
import { type Call, type Command, tenantId, UsageError, withDatabase } from './command.ts';
import { reportInWords } from './import-report.ts';

const progress_ms = 2_000;

export const importCommands: Command[] = [
  {
    name: 'import',
    summary: 'Imports CSV files: works out what each is, and in what order they load.',
    words: 'FILE...',
    flags: {
      tenant: { needed: true, help: 'Name of the workspace' },
      currency: { help: "ISO 4217 code of amounts that name none; the workspace's own by default" },
      resume: { help: 'Id of an import that was stopped, to go on with it' },
    },
    run: importFiles,
  },
];

async function importFiles(call: Call): Promise<number> {
  const { flags, words, say } = call;
  const absent = words.find((path) => !existsSync(path));
  if (absent) throw new UsageError(`There is no file ${absent}`);
  if (words.length === 0 && !flags.resume)
    throw new UsageError('Name the files to import: holdfast import --tenant T FILE...');
  const tenant_id = await tenantId(call);
  const store = openFiles(call.config);
  return withDatabase(call, async (db) => {
    const services = { store, targets };
    const transact = <R>(work: (ctx: Context) => Promise<R>): Promise<R> =>
      withContext(db, systemActor(tenant_id), work, { request_id: `cli:${process.pid}` });
    const options = flags.currency ? { currency: flags.currency } : {};
    const uploads = flags.resume ? [] : await receiveFiles(store, undefined, tenant_id, uploadsOf(words));
    const id = flags.resume ?? (await transact((ctx) => createImport(ctx, services, uploads, options)));
    say(`Import ${id}`);
    await transact((ctx) => startRun(ctx, services, id, false));
    const failure = await runImport({
      db, store, tenant_id, user_id: null, import_id: id, targets, dry: false, signal: interruption(), onProgress: progressLine(say),
    }).then(() => undefined, (error: Error) => (error.name === 'AbortError' ? new Cancelled() : error)); // biome-ignore format: one call
    if (!(await transact((ctx) => finishRun(ctx, id, false, failure)))) throw failure;
    const report = (await transact((ctx) => describeImport(ctx, id))) as unknown as ImportReport;
    call.answer(report, reportInWords(report));
    return report.state === 'done' && report.files.every(({ counts }) => counts.errors === 0) ? 0 : 1;
  }).finally(() => store.close());
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
    say(
      `${file}: row ${rows_done.toLocaleString('en')}, ${Math.round((100 * bytes_read) / Math.max(1, size_bytes))} %`,
    );
  };
}
