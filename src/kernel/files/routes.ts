import type { FastifyReply, FastifyRequest } from 'fastify';
import { idParams } from '../contract/resource.ts';
import { uuidV7 } from '../database/uuid.ts';
import { problems } from '../errors/problem.ts';
import { asCaller } from '../http/as-caller.ts';
import { isNamedByIfNoneMatch } from '../http/etag.ts';
import { type Route, route } from '../http/route.ts';
import { type Context, withContext } from '../tenancy/context.ts';
import { abandonFiles } from './abandon.ts';
import type { Scan } from './clamd.ts';
import { contentQuery, file, file_bytes_max, uploadQuery } from './contract.ts';
import { type FileStore, fileKey } from './file-store.ts';
import { removeFile } from './jobs.ts';
import { contentDisposition, nameInForm } from './names.ts';
import { findFile, insertFile, isAttached, type StoredFileRow } from './queries.ts';
import { byteRange } from './range.ts';
import { receiveFile, refuseBrokenOff } from './receive.ts';
import { contentBytes, isSealedKey, sealedFiles } from './sealed-files.ts';
import type { UploadBudget } from './upload-budget.ts';

const tag = 'Files';
const base = '/api/v1/files';
/** Images run no script; all other types are only downloaded. */
const shownInline = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

interface FileServices {
  uploads: UploadBudget;
  files: FileStore;
  scan: Scan | undefined;
}

/** For routes that respond with `sendContent`. */
export const contentAnswer = {
  produces: '*/*',
  otherStatuses: { 206: 'The range that was asked for', 304: 'Not modified' },
} as const;

/** Uploads and downloads. They stream outside a transaction, so that a slow client holds no database connection. */
export function fileRoutes({ files, scan, uploads }: FileServices): Route[] {
  return [
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Upload a file as multipart/form-data, in the part "file"',
      access: { resource: 'file', action: 'create' },
      transaction: false,
      query: uploadQuery,
      uploads: 'file',
      response: file,
      handler: async (bare, { query, request }) => {
        const actor = bare.actor!;
        const id = uuidV7();
        const key = fileKey(actor.tenant_id, query.kind, id);
        const ended = await uploads.begin(actor, file_bytes_max);
        const received = await uploadOf(request)
          .then((upload) => receiveFile(files, scan, { key, ...upload }))
          .finally(ended);
        try {
          const body = await asCaller(bare, request, (ctx) => insertFile(ctx, { id, kind: query.kind, received }));
          return { body, version: body.version, headers: { location: `${base}/${id}` } };
        } catch (error) {
          await abandonFiles(files, [key], error);
          throw error;
        }
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: 'What is known of a file',
      access: { resource: 'file', action: 'read' },
      params: idParams,
      response: file,
      handler: async (ctx, { params }) => {
        const { storage_key: _, ...body } = await getFile(ctx, params.id);
        return { body, version: body.version };
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}/content`,
      tag,
      summary: 'The bytes of a file, or the range that is asked for',
      access: { resource: 'file', action: 'read' },
      transaction: false,
      params: idParams,
      query: contentQuery,
      ...contentAnswer,
      handler: async ({ db, actor }, { params, query, request, reply }) => {
        const found = await withContext(db, actor!, (ctx) => getFile(ctx, params.id), { mode: 'read' });
        return sendContent(sealedFiles(files, db), found, { inline: query.inline === 'true', request, reply });
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: 'Delete a file',
      access: { resource: 'file', action: 'delete' },
      params: idParams,
      handler: async (ctx, { params }) => {
        await getFile(ctx, params.id);
        if (await removeFile(ctx, params.id)) return {};
        if (!(await isAttached(ctx, params.id))) throw problems.forbidden();
        throw problems.conflict(
          'This file is attached to a note or comment, perhaps one in the trash. Remove it there, and it is deleted when the trash is emptied.',
          'in_use',
        );
      },
    }),
  ];
}

async function getFile(ctx: Context, id: string): Promise<StoredFileRow> {
  const found = await findFile(ctx, id);
  if (!found) throw problems.notFound('file');
  return found;
}

async function uploadOf(request: FastifyRequest) {
  if (!request.isMultipart()) throw problems.malformed('Send the file as multipart/form-data, in the part "file".');
  // The parser lets one byte more through than allowed, so that the store notices; the parser would truncate the file
  // silently.
  refuseBrokenOff(request.raw);
  const part = await request.file({ limits: { fileSize: file_bytes_max + 1 } });
  if (!part) throw problems.malformed('There is no part with a file in the body.');
  return {
    body: part.file,
    fileName: nameInForm(part.filename),
    declaredType: part.mimetype,
    sizeBytesMax: file_bytes_max,
  };
}

/** Sends a stored file, or the range of it that was asked for. */
export async function sendContent(
  files: FileStore,
  found: Pick<StoredFileRow, 'storage_key' | 'sha256' | 'name' | 'content_type' | 'size_bytes'>,
  { inline, request, reply }: { inline: boolean; request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const etag = `"${found.sha256}"`;
  const isSealed = isSealedKey(found.storage_key);
  const { 'if-none-match': known } = request.headers;
  if (known !== undefined && isNamedByIfNoneMatch(known, etag)) return reply.code(304).header('etag', etag).send();
  // Whoever has the beginning of another version gets the whole of this one (RFC 9110, section 13.1.5).
  const { range: asked, 'if-range': of = etag } = request.headers;
  const range = isSealed ? undefined : byteRange(of === etag ? asked : undefined, found.size_bytes);
  if (range === 'unsatisfiable') throw problems.rangeNotSatisfiable(found.size_bytes);
  files.noteRead?.(found.storage_key);
  const content = await files.get(found.storage_key, range ? { range } : undefined);
  const shown = inline && shownInline.has(found.content_type) ? 'inline' : 'attachment';
  reply.headers({
    'content-type': found.content_type,
    'content-length': range ? range.end - range.start + 1 : contentBytes(found.storage_key, found.size_bytes),
    'content-disposition': contentDisposition(shown, found.name),
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'accept-ranges': isSealed ? 'none' : 'bytes',
    etag,
  });
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${found.size_bytes}`);
  return reply.send(content);
}
