import { idParams, listOf, listQuery } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { FairLane } from '../../kernel/fairness/fair-lane.ts';
import { contentDisposition } from '../../kernel/files/names.ts';
import { sealedFiles } from '../../kernel/files/sealed-files.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import { listRows } from '../../kernel/resource/list.ts';
import { getRow } from '../../kernel/resource/store.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, withContext } from '../../kernel/tenancy/context.ts';
import { exportQuery, exportResource, newExport } from './contract.ts';
import type { ExportTarget } from './format.ts';
import { findExportFile } from './queries.ts';
import {
  createExport,
  export_kind,
  failExport,
  finishStreamed,
  forgetExport,
  notePatiently,
  refuseSeeingLess,
  streamExport,
} from './service.ts';

const base = '/api/v1/exports';
const tag = 'Exports';
const message =
  'Several exports are being read right now. Try again in a while, or have it made in the background: POST /api/v1/exports.';
const may = (action: 'read' | 'create' | 'delete') => ({ resource: 'export', action }) as const;

/** Each keeps a connection for as long as its reader takes; who comes later is sent to the background. */
const streams_max = 3;
const streams_per_tenant_max = 2;
/** Who takes nothing for so long has gone. */
const stalled_ms_max = 120_000;
/** As long as it is read, the database cleans up nothing that was deleted or changed since. */
const streamed_ms_max = 3_600_000;
const too_slow = 'It was not read within an hour. Have it made in the background.';

export function exportRoutes({ db, files, log }: Services, targets: readonly ExportTarget[]): Route[] {
  const streams = new FairLane({ slots: streams_max, perTenant: streams_per_tenant_max, message });
  const shown = async (ctx: Context, id: string) => {
    const body = await getRow(ctx, exportResource, id);
    return { body, version: body.version as number };
  };
  const streamed = targets.map(({ resource, contract: { plural } }) =>
    route({
      method: 'GET',
      path: `/api/v1/${plural}/export.csv`,
      tag,
      summary: `Export ${plural} as CSV, at once`,
      access: may('create'),
      transaction: false,
      query: exportQuery,
      produces: 'text/csv',
      handler: async ({ actor }, { query, request, reply }) => {
        const { filter = null, sort = null, columns, reason = null, byte_order_mark } = query;
        const selection = {
          resource,
          filter,
          sort,
          columns: columns?.split(',') ?? null,
          format: 'csv' as const,
          reason,
        };
        const origin = { ip: request.ip, request_id: request.id };
        const release = await streams.acquire({ tenant: actor!.tenant_id, caller: '' }, 0);
        const id = await withContext(db, actor!, (ctx) => createExport(ctx, targets, selection), origin).catch(
          (error) => {
            release();
            throw error;
          },
        );
        const { body, rowCount } = streamExport(
          db,
          targets,
          actor!,
          { ...selection, byte_order_mark: byte_order_mark === 'true' },
          undefined,
          origin,
        );
        const { tenant_id } = actor!;
        reply.raw.setTimeout(stalled_ms_max);
        const overdue = setTimeout(() => body.destroy(new Error(too_slow)), streamed_ms_max).unref();
        rowCount
          .finally(() => {
            clearTimeout(overdue);
            release();
          })
          .then(
            (rows) => () => finishStreamed(db, tenant_id, id, rows),
            (error: Error) => () => failExport(db, tenant_id, id, error.message),
          )
          .then(notePatiently)
          .catch((error: Error) => log.warn({ err: error, export_id: id }, 'the end of an export could not be noted'));
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', contentDisposition('attachment', `${plural}.csv`))
          .send(body);
      },
    }),
  );
  return [
    ...streamed,
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'List exports',
      access: may('read'),
      query: listQuery,
      response: listOf(exportResource.row),
      handler: async (ctx, { query }) => ({ body: await listRows(ctx, exportResource, query) }),
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Export records in the background',
      access: may('create'),
      body: newExport,
      response: exportResource.row,
      status: 202,
      handler: async (ctx, { body }) => {
        const id = await createExport(ctx, targets, body);
        await enqueue(ctx, export_kind, { export_id: id });
        return { ...(await shown(ctx, id)), headers: { location: `${base}/${id}` } };
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: 'Read how far an export is',
      access: may('read'),
      params: idParams,
      response: exportResource.row,
      handler: (ctx, { params }) => shown(ctx, params.id),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: 'Forget an export',
      access: may('delete'),
      params: idParams,
      heedsIfMatch: true,
      handler: async (ctx, { params, ifMatch }) => {
        await forgetExport(ctx, params.id, ifMatch);
        return {};
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}/content`,
      tag,
      summary: 'The file of an export',
      access: may('read'),
      transaction: false,
      params: idParams,
      produces: '*/*',
      handler: async ({ actor }, { params, reply }) => {
        const file = await withContext(
          db,
          actor!,
          async (ctx) => {
            await refuseSeeingLess(ctx, targets, params.id);
            return findExportFile(ctx, params.id);
          },
          { mode: 'read' },
        );
        if (!file) throw problems.conflict('This export has no file yet, or no longer.');
        return reply
          .header('content-type', file.content_type === 'text/csv' ? 'text/csv; charset=utf-8' : file.content_type)
          .header('content-disposition', contentDisposition('attachment', file.name))
          .send(await sealedFiles(files, db).get(file.storage_key));
      },
    }),
  ];
}
