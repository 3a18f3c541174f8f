import { z } from 'zod';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { signInAnswer } from '../sign-in/contract.ts';
import { answerSignIn } from '../sign-in/service.ts';
import { accountLinkList, accountProof, workspaceChange } from './contract.ts';
import { addLink, changeWorkspace, listLinks, removeLink } from './service.ts';

const tag = 'Session';
const path = '/api/v1/account-links';

export function accountLinkRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      duringSetup: true,
      path,
      tag,
      summary: 'Workspaces in which one has an account, to change to',
      access: 'signed_in',
      response: accountLinkList,
      handler: async (ctx) => ({ body: { data: await listLinks(ctx) } }),
    }),
    route({
      method: 'POST',
      path,
      tag,
      summary: 'Link the own account in another workspace, by proving it as if signing in there',
      access: 'signed_in',
      transaction: false,
      body: accountProof,
      status: 204,
      handler: async (bare, { body, request }) => {
        await addLink(bare, services, request, body);
        return {};
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{tenant_id}`,
      tag,
      summary: 'Unlink the own account in another workspace',
      access: 'signed_in',
      params: z.strictObject({ tenant_id: z.uuid() }),
      handler: async (ctx, { params }) => {
        await removeLink(ctx, params.tenant_id);
        return {};
      },
    }),
    route({
      method: 'POST',
      duringSetup: true,
      path: '/api/v1/session/workspace',
      tag,
      summary: 'Change to the own account in another workspace',
      access: 'signed_in',
      transaction: false,
      body: workspaceChange,
      response: signInAnswer,
      status: 200,
      handler: async (bare, { body, request, reply }) =>
        answerSignIn(reply, await changeWorkspace(bare, services, request, body.tenant_id)),
    }),
  ];
}
