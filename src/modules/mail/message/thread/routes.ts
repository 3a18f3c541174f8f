import { z } from 'zod';
import { idParams } from '../../../../kernel/contract/resource.ts';
import { problems } from '../../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { decodeCursor, encodeCursor } from '../../../../kernel/resource/cursor.ts';
import { getRow } from '../../../../kernel/resource/store.ts';
import { mailbox } from '../../mailbox/contract.ts';
import { message } from '../contract.ts';
import { oldestFirst } from '../service.ts';
import { thread, threadPage, threadQuery } from './contract.ts';
import { findThread, listThreads, threadMessages } from './queries.ts';

export const threadRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/threads',
    tag: 'Messages',
    summary: 'The conversations of a mailbox that is yours or shared with you, the newest first',
    access: { resource: 'mailbox', action: 'read' },
    query: threadQuery,
    response: threadPage,
    handler: async (ctx, { query }) => {
      const { mailbox_id, folder_id, limit } = query;
      await getRow(ctx, mailbox, mailbox_id);
      const { unread, snoozed, q } = query;
      const binding = JSON.stringify([ctx.tenant_id, 'threads', mailbox_id, folder_id, unread, snoozed, q]);
      const [shown_at, id] = query.cursor ? (decodeCursor(query.cursor, binding) as [string, string]) : [];
      const after = shown_at && id ? { shown_at, id } : undefined;
      const rows = await listThreads(ctx, {
        mailbox_id,
        folder_id,
        unread: unread === 'true',
        snoozed: snoozed === 'true',
        q,
        after,
        limit: limit + 1,
      });
      const data = rows.slice(0, limit);
      const last = rows.length > limit ? data.at(-1) : undefined;
      return { body: { data, next_cursor: last ? encodeCursor([last.shown_at, last.id], binding) : null } };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/threads/{id}',
    tag: 'Messages',
    summary: 'A conversation as it stands in one mailbox, in whatever folder, and snoozed too',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    response: thread,
    handler: async (ctx, { params }) => {
      const found = await findThread(ctx, params.id);
      if (!found) throw problems.notFound('conversation');
      return { body: found };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/threads/{id}/messages',
    tag: 'Messages',
    summary: 'The messages of a conversation in one mailbox, the oldest first',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    response: z.object({ data: z.array(message.row) }),
    handler: async (ctx, { params }) => {
      const found = await threadMessages(ctx, params.id);
      if (!found) throw problems.notFound('conversation');
      return { body: { data: await oldestFirst(ctx, found) } };
    },
  }),
];
