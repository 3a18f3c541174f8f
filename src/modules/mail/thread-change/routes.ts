import { idParams } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { findConnection, requireOwn, syncAt } from '../mailbox/index.ts';
import { findThread, type ThreadRow, thread } from '../message/index.ts';
import { type ThreadChange, threadChange } from './contract.ts';
import { restateThread, snooze, wantFolder, wantSeen } from './queries.ts';

export const threadChangeRoutes: Route[] = [
  route({
    method: 'PATCH',
    path: '/api/v1/threads/{id}',
    tag: 'Messages',
    summary: 'Move a conversation of one of your mailboxes, put it off, or say whether it was read',
    access: { resource: 'mailbox', action: 'update' },
    params: idParams,
    body: threadChange,
    response: thread,
    handler: async (ctx, { params, body }) => ({ body: await changeThread(ctx, params.id, body) }),
  }),
];

/**
 * What the owner of a mailbox does with a conversation stands at once; the provider gets it with the next run, which is
 * due at once.
 */
async function changeThread(
  ctx: Context,
  id: string,
  { unread, move_to, snoozed_until }: ThreadChange,
): Promise<ThreadRow> {
  const thread = await findThread(ctx, id);
  if (!thread) throw problems.notFound('conversation');
  await requireOwn(ctx, thread.mailbox_id);
  if (unread !== undefined) await wantSeen(ctx, thread, !unread);
  if (move_to) await wantFolder(ctx, thread, move_to);
  if (snoozed_until !== undefined) await snooze(ctx, id, snoozed_until);
  await restateThread(ctx, thread);
  const isForProvider = unread !== undefined || move_to !== undefined;
  if (isForProvider && (await findConnection(ctx, thread.mailbox_id))) await syncAt(ctx, thread.mailbox_id, 0);
  return (await findThread(ctx, id))!;
}
