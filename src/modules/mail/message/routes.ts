import { z } from 'zod';
import { idParams } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { contentDisposition, sanitizeFileName } from '../../../kernel/files/names.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { message, messageContent, messageFileParams, messageHtmlQuery } from './contract.ts';
import { htmlPage, htmlPageHeaders } from './html-page.ts';
import { openFiles } from './open-files.ts';
import { conversationIds, findContent } from './queries.ts';
import { oldestFirst } from './service.ts';
import { ownThread } from './thread/contract.ts';
import { findOwnThread } from './thread/queries.ts';

const about = { tag: 'Messages', access: { resource: 'mailbox', action: 'read' } } as const;

async function readContent(ctx: Context, id: string) {
  const found = await findContent(ctx, id);
  if (!found) throw problems.notFound(message.title);
  return found;
}

export const messageRoutes = (services: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/messages/{id}/content',
    summary: 'What a message says',
    params: idParams,
    response: messageContent,
    handler: async (ctx, { params }) => {
      const { attachments, file_scans, raw_key: _, ...body } = await readContent(ctx, params.id);
      const files = attachments.map((file) => ({ ...file, found: file_scans[file.part]?.found ?? null }));
      return { body: { ...body, files } };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/messages/{id}/conversation',
    summary: 'The messages of a conversation, the oldest first',
    params: idParams,
    response: z.object({ data: z.array(message.row), thread: ownThread.nullable() }),
    handler: async (ctx, { params }) => {
      await getRow(ctx, message, params.id);
      const ids = await conversationIds(ctx, params.id);
      const data = await oldestFirst(ctx, ids.length > 0 ? ids : [params]);
      return { body: { data, thread: (await findOwnThread(ctx, params.id)) ?? null } };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/messages/{id}/html',
    summary: 'The HTML of a message as a page of its own, for a frame',
    params: idParams,
    query: messageHtmlQuery,
    produces: 'text/html',
    transaction: false,
    handler: async (bare, { params: { id }, query, request, reply }) => {
      const { html } = await asCaller(bare, request, (ctx) => readContent(ctx, id));
      if (html === null) throw problems.notFound('HTML of this message');
      const pictures = query.pictures === 'true';
      reply.headers(htmlPageHeaders(pictures));
      reply.send(htmlPage(html, pictures));
      return {};
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/messages/{id}/files/{part}',
    summary: 'A file of a message',
    params: messageFileParams,
    produces: '*/*',
    transaction: false,
    handler: async (bare, { params: { id, part }, request, reply }) => {
      const mail = await asCaller(bare, request, (ctx) => readContent(ctx, id));
      const [opened] = await openFiles(services, bare.actor!.tenant_id, mail, (file) => file.part === part);
      if (!opened) throw problems.notFound('file of this message');
      // Whatever the sender says it is, nothing of it is shown in place of the page.
      reply.headers({
        'content-type': 'application/octet-stream',
        'content-disposition': contentDisposition('attachment', sanitizeFileName(opened.file.name)),
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, no-store',
      });
      reply.send(opened.content);
      return {};
    },
  }),
];
