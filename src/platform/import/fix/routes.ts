import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { asCallerCopying } from '../../../kernel/http/as-caller.ts';
import { type BareContext, type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import { withContext } from '../../../kernel/tenancy/context.ts';
import { importResource } from '../contract.ts';
import type { ImportServices } from '../service.ts';
import { fixesMade, fixPage, fixQuery, newFixes, rowPage, rowQuery } from './contract.ts';
import { fixesAfter } from './queries.ts';
import { listImportRows, shownFile } from './rows.ts';
import { type FixContext, makeFixes, removeFix } from './service.ts';

const base = '/api/v1/imports/{id}';
const tag = 'Imports';
const may = (action: 'read' | 'update') => ({ resource: 'import', action }) as const;

export function fixRoutes(imports: ImportServices): Route[] {
  return [
    route({
      method: 'GET',
      path: `${base}/rows`,
      tag,
      summary: 'Rows of a file that the check found something wrong with, with the reasons; or its first rows',
      access: may('read'),
      transaction: false,
      params: idParams,
      query: rowQuery,
      response: rowPage,
      handler: async ({ db, actor }, { params, query }) => ({
        body: await listImportRows((work) => withContext(db, actor!, work), imports, params.id, query),
      }),
    }),
    route({
      method: 'GET',
      path: `${base}/fixes`,
      tag,
      summary: 'What was corrected in a file, the latest first',
      access: may('read'),
      params: idParams,
      query: fixQuery,
      response: fixPage,
      handler: async (ctx, { params, query: { file_id, limit, cursor } }) => {
        const file = await shownFile(ctx, params.id, file_id);
        const after = z.uuid().optional().safeParse(cursor);
        if (!after.success)
          throw invalidField('cursor', 'invalid_cursor', 'Send the next_cursor of the page before, as it is');
        const found = await fixesAfter(ctx, file.id, after.data, limit + 1);
        const data = found.slice(0, limit).map((fix) => ({ ...fix, file_id: file.id }));
        return { body: { data, next_cursor: found.length > limit ? data.at(-1)!.id : null } };
      },
    }),
    route({
      method: 'POST',
      path: `${base}/fixes`,
      tag,
      summary: 'Correct cells, all cells of a column with the same text, or leave rows out',
      access: may('update'),
      transaction: false,
      params: idParams,
      body: newFixes,
      response: fixesMade,
      status: 200,
      handler: async (bare, { params, body, request }) => ({
        body: await inFixes(bare, request, (place) => makeFixes(place, imports, params.id, body)),
      }),
    }),
    route({
      method: 'DELETE',
      path: `${base}/fixes/{fix_id}`,
      tag,
      summary: 'Take one correction back',
      access: may('update'),
      transaction: false,
      params: idParams.extend({ fix_id: z.uuid() }),
      response: fixesMade,
      status: 200,
      handler: async (bare, { params, request }) => ({
        body: await inFixes(bare, request, async (place) => {
          await getRow(place.ctx, importResource, params.id);
          return removeFix(place, imports, params.id, params.fix_id);
        }),
      }),
    }),
  ];
}

/** Rows are copied into the database to be compared. */
const inFixes = <R>(bare: BareContext, request: FastifyRequest, work: (place: FixContext) => Promise<R>): Promise<R> =>
  asCallerCopying(bare, request, (ctx, client) => work({ ctx, client }));
