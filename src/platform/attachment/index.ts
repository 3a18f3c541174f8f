import { idParams } from '../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { contentQuery } from '../../kernel/files/contract.ts';
import { contentAnswer, sendContent } from '../../kernel/files/routes.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { deleteRow, lockRow, restoreRow } from '../../kernel/resource/store.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, withContext } from '../../kernel/tenancy/context.ts';
import { comment } from '../comment/contract.ts';
import { note } from '../note/contract.ts';
import { type Attachment, attachment, attachmentCreate, attachments_max } from './contract.ts';
import { countOn, findAttachment, findBytes, insertAttachment } from './queries.ts';
import { versionRoutes } from './versions.ts';

const base = '/api/v1/attachments';
const tag = 'Timeline';

/** Whoever may change a note or comment may hang files on it. */
const lockParent = (ctx: Context, on: { note_id?: string; comment_id?: string }) =>
  on.note_id ? lockRow(ctx, note, on.note_id) : lockRow(ctx, comment, on.comment_id!);

async function getAttachment(ctx: Context, id: string): Promise<Attachment> {
  const found = await findAttachment(ctx, id);
  if (!found) throw problems.notFound(attachment.title);
  return found;
}

/** Keeps others from changing the note or comment of an attachment that the caller may change. */
async function lockAttachment(ctx: Context, id: string): Promise<Attachment> {
  const { note_id, comment_id } = await getAttachment(ctx, id);
  await lockParent(ctx, note_id ? { note_id } : { comment_id: comment_id! });
  return getAttachment(ctx, id);
}

/** Files on notes and comments. */
export const attachmentRoutes = ({ files }: Pick<Services, 'files'>): Route[] => [
  route({
    method: 'POST',
    path: base,
    tag,
    summary: 'Hang an uploaded file on a note or comment',
    access: 'signed_in',
    body: attachmentCreate,
    response: attachment.row,
    handler: async (ctx, { body }) => {
      const parent = await lockParent(ctx, body as { note_id?: string; comment_id?: string });
      const { count } = await countOn(ctx, parent.id as string);
      if (count >= attachments_max)
        throw invalidField('file_id', 'too_many', `At most ${attachments_max} files can be attached`);
      const made = await insertAttachment(ctx, body);
      if (!made) throw invalidField('file_id', 'no_such_record', 'There is no such file, or it is not yours');
      return { body: made, version: made.version };
    },
  }),
  route({
    method: 'GET',
    path: `${base}/{id}/content`,
    tag,
    summary: 'The bytes of a file on a note or comment',
    access: 'signed_in',
    transaction: false,
    params: idParams,
    query: contentQuery,
    ...contentAnswer,
    handler: async ({ db, actor }, { params, query, request, reply }) => {
      const found = await withContext(
        db,
        actor!,
        async (ctx) => {
          const shown = await getAttachment(ctx, params.id);
          return { ...shown, ...(await findBytes(ctx, params.id))! };
        },
        { mode: 'read' },
      );
      return sendContent(files, found, { inline: query.inline === 'true', request, reply });
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/{id}`,
    tag,
    summary: 'Move a file on a note or comment to the trash',
    access: 'signed_in',
    params: idParams,
    heedsIfMatch: true,
    handler: async (ctx, { params, ifMatch }) => {
      await getAttachment(ctx, params.id);
      await deleteRow(ctx, attachment, params.id, ifMatch);
      return {};
    },
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/restoration`,
    tag,
    summary: 'Take a file on a note or comment back from the trash',
    access: 'signed_in',
    params: idParams,
    response: attachment.row,
    status: 200,
    handler: async (ctx, { params }) => {
      const body = await restoreRow(ctx, attachment, params.id);
      return { body, version: body.version as number };
    },
  }),
  ...versionRoutes({ files }, lockAttachment),
];

export { attachmentsOf } from './queries.ts';
