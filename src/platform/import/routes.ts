import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idParams, listOf, listQuery } from '../../kernel/contract/resource.ts';
import { invalidBy, with_input } from '../../kernel/errors/field-errors.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { withoutOff } from '../../kernel/features/switches.ts';
import { abandonFiles } from '../../kernel/files/abandon.ts';
import { contentDisposition, nameInForm } from '../../kernel/files/names.ts';
import { refuseBrokenOff } from '../../kernel/files/receive.ts';
import { sealedFiles } from '../../kernel/files/sealed-files.ts';
import { asCaller } from '../../kernel/http/as-caller.ts';
import { crudRoutes } from '../../kernel/http/crud.ts';
import { type BareContext, type Route, route } from '../../kernel/http/route.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import { listRows } from '../../kernel/resource/list.ts';
import { deleteRow, getRow } from '../../kernel/resource/store.ts';
import type { Services } from '../../kernel/services.ts';
import { type Actor, type Context, withContext } from '../../kernel/tenancy/context.ts';
import type { UndoKinds } from '../undo/index.ts';
import { importChange, importDetail, importResource, importTargets, newImport, savedMapping } from './contract.ts';
import type { CustomTargetField } from './custom-cells.ts';
import { describeImport } from './describe.ts';
import { errorsCsv } from './errors-csv.ts';
import { fixRoutes } from './fix/routes.ts';
import type { FileFormat } from './format.ts';
import { getImport } from './import-owner.ts';
import { run_kind } from './jobs.ts';
import { outcomeRoutes } from './outcome/routes.ts';
import { claimantOf } from './parsers.ts';
import { findFiles, findStoredFiles } from './queries.ts';
import { startReversal } from './reversal.ts';
import { takeSamples } from './samples.ts';
import {
  analyseNew,
  cancelImport,
  changeImport,
  createImport,
  createImportOf,
  prepareChange,
  startRun,
} from './service.ts';
import type { ImportTarget } from './target.ts';
import { tenantTargets } from './tenant-targets.ts';
import { file_bytes_max, files_max, receiveFiles } from './uploads.ts';
import { redactReversals } from './visibility.ts';

const base = '/api/v1/imports';
const tag = 'Imports';
const may = (action: 'read' | 'create' | 'update' | 'delete') => ({ resource: 'import', action }) as const;
const detail = { response: importDetail, params: idParams } as const;

/** What can be imported: what modules bring, together. */
export interface Importables {
  targets: readonly ImportTarget[];
  formats: readonly FileFormat[];
}

/** `undoable`: what imports write to. */
export function importRoutes(services: Services, { targets, formats }: Importables, undoable: UndoKinds): Route[] {
  const imports = { store: sealedFiles(services.files, services.db), targets };
  const shown = async (ctx: Context, id: string, more = {}) => {
    const body = await describeImport(ctx, targets, id);
    return { body, version: body.version as number, ...more };
  };
  const run = async (ctx: Context, id: string, dry: boolean, version?: number) => {
    await startRun(ctx, imports, id, dry, version);
    await enqueue(ctx, run_kind, { import_id: id, dry });
    return shown(ctx, id, { status: 202 });
  };
  return [
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'List imports',
      access: may('read'),
      query: listQuery,
      response: listOf(importResource.row),
      handler: async (ctx, { query }) => {
        const page = await listRows(ctx, importResource, query);
        return { body: { ...page, data: await redactReversals(ctx, page.data) } };
      },
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: `Upload up to ${files_max} files of CSV, XLSX or vCard, as multipart/form-data, or name stored ones: {"file_ids": […]}`,
      access: may('create'),
      transaction: false,
      uploads: 'file',
      response: importDetail,
      handler: async (bare, { request }) => {
        const actor = bare.actor!;
        const make = (work: (ctx: Context) => Promise<string>) =>
          asCaller(bare, request, async (ctx) => {
            const id = await work(ctx);
            return shown(ctx, id, { headers: { location: `${base}/${id}` } });
          });
        if (!request.isMultipart()) {
          const ids = storedFiles(request);
          const found = await withContext(bare.db, actor, (ctx) => findStoredFiles(ctx, ids), { mode: 'read' });
          const samples = await takeSamples(imports.store, found);
          const analysed = await analyseNew(
            reads(bare),
            { targets, samples },
            ids.flatMap((id) => found.find((file) => file.id === id) ?? []),
          );
          return make((ctx) => createImportOf(ctx, analysed, ids));
        }
        const ended = await services.uploads.begin(actor, files_max * file_bytes_max);
        const uploads = await receiveFiles(
          imports.store,
          services.scan,
          claimantOf(actor),
          formats,
          uploadsOf(request),
        ).finally(ended);
        try {
          const samples = await takeSamples(imports.store, uploads);
          const analysed = await analyseNew(reads(bare), { targets, samples }, uploads);
          return await make((ctx) => createImport(ctx, analysed, uploads));
        } catch (error) {
          await abandonFiles(
            imports.store,
            uploads.map(({ storage_key }) => storage_key),
            error,
          );
          throw error;
        }
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: 'Read an import: what was found, how it is mapped, how far it is',
      access: may('read'),
      ...detail,
      handler: (ctx, { params }) => shown(ctx, params.id),
    }),
    route({
      method: 'PATCH',
      path: `${base}/{id}`,
      tag,
      summary: 'Answer questions about files, map columns, choose options',
      access: may('update'),
      ...detail,
      heedsIfMatch: true,
      body: importChange,
      prepare: async (bare, { params, body, ifMatch }) => {
        const files = await reads(bare)((ctx) => findFiles(ctx, params.id));
        const samples = await takeSamples(imports.store, files);
        const prepared = await prepareChange(reads(bare), { targets, samples }, params.id, body);
        return async (ctx) => {
          await changeImport(ctx, { targets, samples }, params.id, body, ifMatch, prepared);
          return shown(ctx, params.id);
        };
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: 'Forget an import; the records it made stay',
      access: may('delete'),
      params: idParams,
      heedsIfMatch: true,
      handler: async (ctx, { params, ifMatch }) => {
        const { state, version } = await getRow(ctx, importResource, params.id);
        if (['running', 'dry_running', 'reverting'].includes(state as string))
          throw problems.conflict('This import is running. Cancel it first.');
        // As it was read, because somebody may start it meanwhile.
        await deleteRow(ctx, importResource, params.id, ifMatch ?? (version as number));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/dry-runs`,
      tag,
      summary: 'Try it: count what would be created, changed and refused',
      access: may('update'),
      ...detail,
      heedsIfMatch: true,
      status: 202,
      handler: (ctx, { params, ifMatch }) => run(ctx, params.id, true, ifMatch),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/runs`,
      tag,
      summary: 'Load the files; goes on where a run was stopped',
      access: may('update'),
      ...detail,
      heedsIfMatch: true,
      status: 202,
      handler: (ctx, { params, ifMatch }) => run(ctx, params.id, false, ifMatch),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/cancellation`,
      tag,
      summary: 'Stop a run after its present batch',
      access: may('update'),
      ...detail,
      status: 202,
      handler: async (ctx, { params }) => {
        await cancelImport(ctx, params.id);
        return shown(ctx, params.id);
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/reversal`,
      tag,
      summary: 'Take it back: delete what it made, restore what it changed, leave later edits alone',
      access: may('delete'),
      ...detail,
      status: 202,
      handler: async (ctx, { params, request }) => {
        await startReversal(ctx, undoable, request.id, params.id);
        return shown(ctx, params.id);
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}/errors`,
      tag,
      summary: 'The rows of a file that did not go in, with the reasons, as CSV',
      access: may('read'),
      transaction: false,
      params: idParams,
      query: z.strictObject({
        file_id: z.uuid().optional().describe('Of several files; the first with errors by default'),
      }),
      produces: 'text/csv',
      handler: async ({ db, actor }, { params, query, reply }) => {
        const file = await fileWithErrors(db, actor!, params.id, query.file_id);
        const csv = errorsCsv({ db, store: imports.store, actor: actor!, file, targets });
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', contentDisposition('attachment', `errors-${file.name}`))
          .send(Readable.from(csv));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/import-targets',
      tag,
      summary: 'What can be imported, and into which fields',
      access: may('create'),
      response: importTargets,
      handler: async (ctx) => ({
        body: {
          data: (
            await tenantTargets(
              ctx,
              withoutOff(ctx.actor, targets, ({ resource }) => resource),
            )
          ).map(shownTarget),
        },
      }),
    }),
    ...fixRoutes(imports),
    ...outcomeRoutes(imports),
    ...crudRoutes(savedMapping),
  ];
}

/** Runs what only reads. */
const reads =
  ({ db, actor }: BareContext) =>
  <R>(work: (ctx: Context) => Promise<R>): Promise<R> =>
    withContext(db, actor!, work, { mode: 'read' });

const shownTarget = ({ resource, label, fields }: ImportTarget) => ({
  resource,
  label,
  fields: fields.map((field) => ({
    name: field.name,
    label: field.label,
    type: field.type,
    required: field.required === true,
    values: field.values ? [...field.values] : null,
    custom_field_id: 'custom' in field ? (field as CustomTargetField).custom.id : null,
  })),
});

function storedFiles({ body }: FastifyRequest): string[] {
  if (body === undefined)
    throw problems.malformed('Send the files as multipart/form-data, or {"file_ids": […]} as JSON.');
  const parsed = newImport.safeParse(body, with_input);
  if (!parsed.success) throw invalidBy(parsed.error);
  return parsed.data.file_ids;
}

async function* uploadsOf(request: FastifyRequest) {
  // The store counts the bytes itself and says what is wrong.
  refuseBrokenOff(request.raw);
  const parts = request.files({ limits: { files: files_max + 1, fileSize: file_bytes_max + 1 } });
  for await (const { file, filename } of parts) yield { body: file, fileName: nameInForm(filename) };
}

async function fileWithErrors(db: Services['db'], actor: Actor, id: string, file_id: string | undefined) {
  return withContext(
    db,
    actor,
    async (ctx) => {
      await getImport(ctx, id);
      const files = await findFiles(ctx, id);
      const file = files.find((one) => (file_id ? one.id === file_id : (one.counts.errors ?? 0) > 0)) ?? files[0];
      if (file_id && file?.id !== file_id)
        throw invalidField('file_id', 'no_such_record', 'This import has no such file');
      if (!file?.mapping || !file.storage_key)
        throw problems.conflict('The file is no longer stored, or could not be read.');
      return file;
    },
    { mode: 'read' },
  );
}
