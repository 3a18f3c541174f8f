import { idParams } from '../../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { requireOwn } from '../connection/routes.ts';
import { type Alias, alias, aliasConfirmation, aliasCreate, aliases } from './contract.ts';
import { hashOfCode, sendCode } from './jobs.ts';
import { aliases_max, deleteAlias, findAlias, listAliases, putAlias, tryCode } from './queries.ts';

const path = '/api/v1/mailboxes/{id}/aliases';
const one = '/api/v1/mailbox-aliases/{id}';
const about = { tag: 'Mailboxes', params: idParams, access: { resource: 'mailbox', action: 'update' } } as const;

export const aliasRoutes = ({ mailer }: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'Further addresses of one of your mailboxes',
    response: aliases,
    handler: async (ctx, { params }) => {
      await requireOwn(ctx, params.id);
      return { body: { data: await listAliases(ctx, params.id) } };
    },
  }),
  route({
    ...about,
    method: 'POST',
    path,
    summary: 'Add an address to one of your mailboxes, to which a code is sent',
    body: aliasCreate,
    response: alias,
    rateLimit: { name: 'mailbox_alias', limit: 10, windowSeconds: 3600 },
    handler: async (ctx, { params, body }) => {
      await requireOwn(ctx, params.id);
      if (!mailer.configured) throw problems.conflict('This installation sends no mail, so it can send no code');
      const known = await listAliases(ctx, params.id);
      if (known.length >= aliases_max) throw problems.conflict(`A mailbox can have ${aliases_max} further addresses`);
      const made = await putAlias(ctx, params.id, body.address);
      if (!made.confirmed_at) await sendCode(ctx, made.id);
      return { body: made, headers: { location: `/api/v1/mailbox-aliases/${made.id}` } };
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: `${one}/confirmation`,
    summary: 'Write the code that was sent to a further address',
    body: aliasConfirmation,
    response: alias,
    status: 200,
    transaction: false,
    rateLimit: { name: 'mailbox_alias_code', limit: 30, windowSeconds: 3600 },
    handler: async (bare, { params: { id }, body, request }) => {
      // A transaction of its own: what is wrong counts although it is refused.
      const isRight = await asCaller(bare, request, async (ctx) => {
        const { confirmed_at } = await aliasOf(ctx, id);
        return confirmed_at !== null || tryCode(ctx, id, hashOfCode(id, body.code));
      });
      if (!isRight)
        throw invalidField('code', 'wrong_code', 'This is not the code, or it counts no longer. Send another one');
      return { body: await asCaller(bare, request, (ctx) => aliasOf(ctx, id)) };
    },
  }),
  route({
    ...about,
    method: 'DELETE',
    path: one,
    summary: 'Remove a further address of one of your mailboxes',
    handler: async (ctx, { params }) => {
      if ((await deleteAlias(ctx, params.id)) === 0) throw notFound();
      return {};
    },
  }),
];

async function aliasOf(ctx: Context, id: string): Promise<Alias> {
  const found = await findAlias(ctx, id);
  if (!found) throw notFound();
  return found;
}

const notFound = () => problems.notFound('address of yours');
