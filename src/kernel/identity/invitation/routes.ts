import { idParams, listOf } from '../../contract/resource.ts';
import { asCaller } from '../../http/as-caller.ts';
import { type Route, route } from '../../http/route.ts';
import { listRows } from '../../resource/list.ts';
import type { Services } from '../../services.ts';
import { signInAnswer } from '../sign-in/contract.ts';
import { answerSignIn } from '../sign-in/service.ts';
import { user } from '../user/contract.ts';
import {
  acceptance,
  invitation,
  invitationLookup,
  invitationQuery,
  invitationRequest,
  invitationShown,
} from './contract.ts';
import { isOpen, isPending } from './queries.ts';
import { acceptInvitation, deliverInvitation, invite, showInvitation, withdrawInvitation } from './service.ts';

const tag = 'Invitations';
const base = '/api/v1/invitations';
const access = { resource: 'user', action: 'create' } as const;

export function invitationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: base,
      tag,
      summary:
        'List users who have not accepted yet; with `open` those who have a link, for who may invite or change users',
      access: { resource: 'user', action: 'read' },
      query: invitationQuery,
      response: listOf(user.row),
      handler: async (ctx, { query: { open, ...query } }) => ({
        body: await listRows(ctx, user, query, open === 'true' ? isOpen : isPending),
      }),
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Invite somebody',
      access,
      transaction: false,
      body: invitationRequest,
      response: invitation,
      handler: async (bare, { body, request }) => ({
        body: await asCaller(bare, request, (ctx) => invite(ctx, services, body)),
      }),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/delivery`,
      tag,
      summary: 'Send the link, or a new one; the id is that of the user',
      access,
      transaction: false,
      params: idParams,
      response: invitation,
      status: 200,
      handler: async (bare, { params, request }) => ({
        body: await asCaller(bare, request, (ctx) => deliverInvitation(ctx, services, params.id)),
      }),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: 'Withdraw an invitation; the user stays as a name',
      access,
      params: idParams,
      handler: async (ctx, { params }) => {
        await withdrawInvitation(ctx, params.id);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: `${base}/lookup`,
      tag,
      summary: 'Whose invitation a token is',
      access: 'public',
      transaction: false,
      body: invitationLookup,
      response: invitationShown,
      status: 200,
      rateLimit: { name: 'invitation-lookup', limit: 60, windowSeconds: 600 },
      handler: async (_, { body, request }) => ({ body: await showInvitation(services, request, body.token) }),
    }),
    route({
      method: 'POST',
      path: `${base}/acceptance`,
      tag,
      summary: 'Accept an invitation and sign in',
      access: 'public',
      transaction: false,
      body: acceptance,
      response: signInAnswer,
      status: 200,
      rateLimit: { name: 'invitation-acceptance', limit: 60, windowSeconds: 600 },
      handler: async (_, { body, request, reply }) =>
        answerSignIn(reply, await acceptInvitation(services, request, body)),
    }),
  ];
}
