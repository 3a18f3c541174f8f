import type { z } from 'zod';
import { idParams } from '../../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { getRow } from '../../../../kernel/resource/store.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { mailboxPasswords } from '../../password.ts';
import { mailbox } from '../contract.ts';
import { revokeGrant } from '../google/revoke.ts';
import { syncAt } from '../sync/jobs.ts';
import { forgetCursor } from '../sync/queries.ts';
import { type ConnectionPut, connection, connectionPut } from './contract.ts';
import { withImap } from './imap.ts';
import {
  confirmDeletions,
  countItems,
  deleteConnection,
  findConnection,
  isOfOther,
  ownsMailbox,
  putConnection,
  serversOf,
} from './queries.ts';
import { testSmtp } from './smtp.ts';
import { MailTrouble } from './trouble.ts';

const path = '/api/v1/mailboxes/{id}/connection';
const about = { tag: 'Mailboxes', params: idParams, access: { resource: 'mailbox', action: 'update' } } as const;

export const connectionRoutes = (services: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'How it stands with the provider of one of your mailboxes',
    access: { resource: 'mailbox', action: 'read' },
    response: connection,
    handler: async (ctx, { params }) => ({ body: await readConnection(ctx, params.id) }),
  }),
  route({
    ...about,
    method: 'PUT',
    path,
    summary: 'Connect one of your mailboxes; both servers are signed in to first',
    transaction: false,
    body: connectionPut,
    response: connection,
    rateLimit: { name: 'mail_connection', limit: 20, windowSeconds: 60 },
    handler: async (bare, { params: { id }, body, request }) => {
      const password = await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, id);
        await refuseOther(ctx, id, 'imap');
        const known = await findConnection(ctx, id);
        if (body.password !== undefined) return body.password;
        // A password that was given for one server is not sent to another.
        if (known?.provider !== 'imap' || known.imap_host !== body.imap.host || known.smtp_host !== body.smtp.host)
          throw invalidField('password', 'required', 'Write the password');
        return mailboxPasswords.open(services, ctx.tenant_id, id, known.sealed_password);
      });
      await testServers(services, body, password);
      return {
        body: await asCaller(bare, request, async (ctx) => {
          await requireOwn(ctx, id);
          await putConnection(ctx, id, body, mailboxPasswords.seal(services, ctx.tenant_id, id, password));
          await syncAt(ctx, id, 0);
          return readConnection(ctx, id);
        }),
      };
    },
  }),
  route({
    ...about,
    method: 'DELETE',
    path,
    summary: 'Disconnect one of your mailboxes, and give its grant back to Google; what was imported stays',
    handler: async (ctx, { params }) => {
      await requireOwn(ctx, params.id);
      await revokeAtGoogle(ctx, params.id);
      if ((await deleteConnection(ctx, params.id)) === 0) throw notConnected();
      return {};
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: '/api/v1/mailboxes/{id}/comparisons',
    summary: 'Compare one of your mailboxes with its provider now',
    response: connection,
    status: 202,
    handler: async (ctx, { params }) => {
      await requireOwn(ctx, params.id);
      const body = await readConnection(ctx, params.id);
      await forgetCursor(ctx, params.id);
      await syncAt(ctx, params.id, 0);
      return { body };
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: '/api/v1/mailboxes/{id}/deletions',
    summary: 'Confirm that the mails that are gone at the provider were deleted there',
    response: connection,
    status: 202,
    handler: async (ctx, { params }) => {
      await requireOwn(ctx, params.id);
      if ((await confirmDeletions(ctx, params.id)) === 0) throw notConnected();
      await syncAt(ctx, params.id, 0);
      return { body: await readConnection(ctx, params.id) };
    },
  }),
];

/** Before a mailbox is disconnected or deleted: what its owner granted at Google ends there too. */
export async function revokeAtGoogle(ctx: Context, id: string): Promise<void> {
  const known = await findConnection(ctx, id);
  if (known?.provider === 'google') await revokeGrant(ctx, { of: 'mailbox', id, ...known });
}

const notConnected = () => problems.notFound('connection of this mailbox');

/** The mailbox is the caller's own; of others not even a manager sees or changes where they are. */
export async function requireOwn(ctx: Context, id: string): Promise<void> {
  await getRow(ctx, mailbox, id);
  if (!(await ownsMailbox(ctx, id))) throw problems.forbidden('Only its owner may do that with a mailbox');
}

/** Identifiers of one kind of provider say nothing of those of another. */
export async function refuseOther(ctx: Context, id: string, provider: 'imap' | 'google'): Promise<void> {
  if (await isOfOther(ctx, id, provider))
    throw problems.conflict(
      'What this mailbox has came another way. Make a new mailbox for the same address: a mail that both have is here once.',
      'other_provider',
    );
}

export async function readConnection(ctx: Context, id: string): Promise<z.infer<typeof connection>> {
  await requireOwn(ctx, id);
  const row = await findConnection(ctx, id);
  if (!row) throw notConnected();
  const servers = serversOf(row);
  return {
    provider: row.provider,
    imap: servers?.imap ?? null,
    smtp: servers?.smtp ?? null,
    username: row.username,
    state: row.state,
    problem: row.problem,
    compared_at: row.compared_at,
    ...(await countItems(ctx, id)),
  };
}

/** Signs in to both servers, so that what is wrong shows where it was written. */
async function testServers(
  { config }: Services,
  { imap, smtp, username }: ConnectionPut,
  password: string,
): Promise<void> {
  const said = (field: string) => (error: unknown) => {
    throw error instanceof MailTrouble ? invalidField(field, 'not_reachable', error.message) : error;
  };
  await withImap(config, imap, { username, password }, (client) => client.list()).catch(said('imap'));
  await testSmtp(config, smtp, { username, password }).catch(said('smtp'));
}
