import { z } from 'zod';
import { idParams } from '../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { contentQuery } from '../../kernel/files/contract.ts';
import { contentAnswer, sendContent } from '../../kernel/files/routes.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, withContext } from '../../kernel/tenancy/context.ts';
import { type Attachment, attachmentVersion } from './contract.ts';
import { findAttachment, findVersion, readVersions, replaceFile, restoreVersion } from './queries.ts';

/** That people put on one attachment, the first included. Undoing may add more. */
const versions_max = 100;
const number_max = 2_147_483_647;

const versionParams = idParams.extend({ number: z.coerce.number().int().min(1).max(number_max) });

/** Puts another file in the place of the present one, which stays as a version (app.keep_attachment_version). */
async function replace(
  found: Attachment,
  ifMatch: number | undefined,
  write: () => Promise<Attachment | undefined>,
): Promise<Attachment> {
  if (ifMatch !== undefined && ifMatch !== found.version) throw problems.stale(found);
  if (found.number >= versions_max)
    throw invalidField('file_id', 'too_many', `A file has at most ${versions_max} versions`);
  const written = await write();
  if (!written) throw invalidField('file_id', 'no_such_record', 'There is no such file, or it is not yours');
  return written;
}

export function versionRoutes(
  { files }: Pick<Services, 'files'>,
  lockAttachment: (ctx: Context, id: string) => Promise<Attachment>,
): Route[] {
  const base = '/api/v1/attachments/{id}/versions';
  const response = z.object({ data: z.array(attachmentVersion) });
  const tag = 'Timeline';
  return [
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'The versions of a file on a note or comment, newest first',
      access: 'signed_in',
      params: idParams,
      response,
      handler: async (ctx, { params }) => {
        if (!(await findAttachment(ctx, params.id))) throw problems.notFound('file');
        return { body: { data: await readVersions(ctx, params.id) } };
      },
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Put a new version of a file on a note or comment',
      access: 'signed_in',
      params: idParams,
      heedsIfMatch: true,
      body: z.strictObject({ file_id: z.uuid() }),
      response,
      handler: async (ctx, { params, body, ifMatch }) => {
        const found = await lockAttachment(ctx, params.id);
        const { version } = await replace(found, ifMatch, () => replaceFile(ctx, found.id, body.file_id));
        return { body: { data: await readVersions(ctx, found.id) }, version };
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{number}/content`,
      tag,
      summary: 'The bytes of a version',
      access: 'signed_in',
      transaction: false,
      params: versionParams,
      query: contentQuery,
      ...contentAnswer,
      handler: async ({ db, actor }, { params, query, request, reply }) => {
        const found = await withContext(
          db,
          actor!,
          async (ctx) =>
            (await findAttachment(ctx, params.id)) ? findVersion(ctx, params.id, params.number) : undefined,
          { mode: 'read' },
        );
        if (!found) throw problems.notFound('version');
        return sendContent(files, found, { inline: query.inline === 'true', request, reply });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{number}/restoration`,
      tag,
      summary: 'Make a version the present one again: it becomes the newest',
      access: 'signed_in',
      params: versionParams,
      heedsIfMatch: true,
      response,
      status: 200,
      handler: async (ctx, { params, ifMatch }) => {
        const found = await lockAttachment(ctx, params.id);
        if (!(await findVersion(ctx, found.id, params.number))) throw problems.notFound('version');
        const { version } = await replace(found, ifMatch, () => restoreVersion(ctx, found, params.number));
        return { body: { data: await readVersions(ctx, found.id) }, version };
      },
    }),
  ];
}
