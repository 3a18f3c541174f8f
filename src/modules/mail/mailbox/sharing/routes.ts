import { idParams } from '../../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { findRow } from '../../../../kernel/resource/store.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { company } from '../../../directory/company/contract.ts';
import { contact } from '../../../directory/contact/contract.ts';
import { findThread } from '../../message/index.ts';
import { requireOwn } from '../connection/routes.ts';
import {
  type SharingException,
  type SharingExceptionPut,
  sharingException,
  sharingExceptionPut,
  sharingExceptions,
  threadSharing,
} from './contract.ts';
import {
  countExceptions,
  deleteException,
  exceptions_max,
  isInMailbox,
  listExceptions,
  putException,
  sharingOfThread,
} from './queries.ts';

const path = '/api/v1/mailboxes/{id}/sharing-exceptions';
const about = { tag: 'Mailboxes', params: idParams, access: { resource: 'mailbox', action: 'update' } } as const;

export const sharingRoutes: Route[] = [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'Of which mail one of your mailboxes shares more or less than of the rest',
    response: sharingExceptions,
    handler: async (ctx, { params }) => {
      await requireOwn(ctx, params.id);
      return { body: { data: await listExceptions(ctx, params.id) } };
    },
  }),
  route({
    ...about,
    method: 'PUT',
    path,
    summary: 'Share more or less of a conversation, a folder, a contact or a company than of the rest of your mailbox',
    body: sharingExceptionPut,
    response: sharingException,
    handler: async (ctx, { params, body }) => {
      await requireOwn(ctx, params.id);
      return { body: await setException(ctx, params.id, body) };
    },
  }),
  route({
    ...about,
    method: 'DELETE',
    path: '/api/v1/sharing-exceptions/{id}',
    summary: 'Share of this what your mailbox shares in general',
    handler: async (ctx, { params }) => {
      if ((await deleteException(ctx, params.id)) === 0) throw problems.notFound('exception of yours');
      return {};
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/threads/{id}/sharing',
    summary: 'What others see of a conversation of one of your mailboxes, and by which exception',
    response: threadSharing,
    handler: async (ctx, { params }) => {
      const thread = await findThread(ctx, params.id);
      const sharing = thread && (await sharingOfThread(ctx, thread));
      if (!sharing) throw problems.notFound('conversation of yours');
      return { body: sharing };
    },
  }),
];

async function setException(ctx: Context, mailbox_id: string, body: SharingExceptionPut): Promise<SharingException> {
  if (!(await isThere(ctx, mailbox_id, body)))
    throw invalidField('target_id', 'not_found', 'Choose something else: this is gone');
  const made = await putException(ctx, mailbox_id, body);
  if ((await countExceptions(ctx, mailbox_id)) > exceptions_max)
    throw problems.conflict(`A mailbox can have ${exceptions_max} exceptions. Remove others first`);
  return made;
}

/** Whether the caller sees what an exception is of, and it is one of their mailbox. */
const isThere = async (ctx: Context, mailbox_id: string, { kind, target_id }: SharingExceptionPut): Promise<boolean> =>
  kind === 'thread' || kind === 'folder'
    ? isInMailbox(ctx, mailbox_id, kind, target_id)
    : (await findRow(ctx, kind === 'contact' ? contact : company, target_id)) !== undefined;
