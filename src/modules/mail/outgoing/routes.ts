import { randomUUID } from 'node:crypto';
import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { findConnection, requireOwn } from '../mailbox/index.ts';
import { message } from '../message/contract.ts';
import { variablesIn } from '../template/index.ts';
import {
  files_bytes_max,
  type OutgoingCreate,
  outgoing,
  outgoingCreate,
  outgoingList,
  outgoingQuery,
  resolution,
  undo_seconds,
} from './contract.ts';
import { send_kind } from './jobs.ts';
import {
  filesToSend,
  findBounced,
  findOutgoing,
  insertOutgoing,
  listOutgoing,
  moveOutgoing,
  senderOf,
} from './queries.ts';

const path = '/api/v1/outgoing-mails';
const about = { tag: 'Messages', access: { resource: 'mailbox', action: 'update' } } as const;

export const outgoingRoutes: Route[] = [
  route({
    ...about,
    method: 'POST',
    path,
    summary: 'Write a mail from one of your mailboxes',
    body: outgoingCreate,
    response: outgoing,
    handler: async (ctx, { body }) => {
      await requireOwn(ctx, body.mailbox_id);
      if (!(await findConnection(ctx, body.mailbox_id)))
        throw invalidField('mailbox_id', 'not_connected', 'Connect this mailbox first: its provider sends the mail');
      for (const id of [body.reply_to_id, body.forward_id]) if (id) await getRow(ctx, message, id);
      checkVariables(body);
      await checkFiles(ctx, body.file_ids);
      if (!body.despite_bounces) await checkBounces(ctx, body);
      const sender = await senderOf(ctx, body);
      if (!sender)
        throw invalidField('from_address', 'not_confirmed', 'Confirm this address first, or write from another');
      const { address } = sender;
      const mail = await insertOutgoing(ctx, body, `<${randomUUID()}@${address.split('@')[1]}>`, undo_seconds);
      await enqueue(ctx, send_kind, { id: mail.id }, { runAt: new Date(mail.send_at), attemptsMax: 8 });
      return { body: mail, headers: { location: `${path}/${mail.id}` } };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'What was written from one of your mailboxes, the newest first',
    access: { resource: 'mailbox', action: 'read' },
    query: outgoingQuery,
    response: outgoingList,
    handler: async (ctx, { query }) => {
      await requireOwn(ctx, query.mailbox_id);
      return { body: { data: await listOutgoing(ctx, query.mailbox_id, query.state) } };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: `${path}/{id}`,
    summary: 'A mail that you wrote',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    response: outgoing,
    handler: async (ctx, { params }) => ({ body: (await findOutgoing(ctx, params.id)) ?? notFound() }),
  }),
  route({
    ...about,
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Take a mail back that has not been sent yet',
    params: idParams,
    handler: async (ctx, { params }) => {
      if (await moveOutgoing(ctx, params.id, { from: ['waiting'], to: 'cancelled' })) return {};
      if (!(await findOutgoing(ctx, params.id))) notFound();
      throw problems.conflict('It has been sent already, or is being sent');
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: `${path}/{id}/resolution`,
    summary: 'Say what you found out about a mail in doubt',
    params: idParams,
    body: resolution,
    response: outgoing,
    status: 200,
    handler: async (ctx, { params, body }) => {
      const problem = body.sent ? null : 'You said that it did not go out';
      const to = body.sent ? 'sent' : 'failed';
      const mail = await moveOutgoing(ctx, params.id, { from: ['in_doubt'], to, problem });
      if (mail) return { body: mail };
      if (!(await findOutgoing(ctx, params.id))) notFound();
      throw problems.conflict('It is not in doubt');
    },
  }),
];

/** What a template left open is never sent. */
function checkVariables(body: OutgoingCreate): void {
  for (const field of ['subject', 'body'] as const) {
    const [variable] = variablesIn(body[field]);
    if (!variable) continue;
    const named = `{{${variable}}}`;
    const message = `${named} has no value. Fill it in at the record and insert the template again, or write the text yourself.`;
    throw invalidField(field, 'missing_value', message);
  }
}

/** Whoever wrote from there since has an address that works. */
async function checkBounces(ctx: Context, body: OutgoingCreate): Promise<void> {
  for (const field of ['to', 'cc', 'bcc'] as const) {
    const bounced = await findBounced(ctx, body[field]);
    if (bounced)
      throw invalidField(field, 'bounced', `Mail to ${bounced.address} came back last time: ${bounced.reason}`);
  }
}

async function checkFiles(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const files = await filesToSend(ctx, ids);
  if (files.length < ids.length)
    throw invalidField('file_ids', 'not_found', 'Upload the files again: one of them is gone');
  if (files.reduce((sum, { size_bytes }) => sum + size_bytes, 0) > files_bytes_max)
    throw invalidField('file_ids', 'too_large', 'Together the files are larger than 25 MB, which few servers take');
}

const notFound = (): never => {
  throw problems.notFound('mail of yours');
};
