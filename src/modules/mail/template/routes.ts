import { type Route, route } from '../../../kernel/http/route.ts';
import { preview, previewRequest, variableList } from './contract.ts';
import { fillIn, listVariables } from './variables.ts';

const about = { tag: 'Messages', access: { resource: 'mailbox', action: 'update' } } as const;

export const templateRoutes: Route[] = [
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/mail-variables',
    summary: 'What can stand between braces in a mail template',
    response: variableList,
    handler: async (ctx) => ({ body: { data: listVariables(ctx) } }),
  }),
  route({
    ...about,
    method: 'POST',
    path: '/api/v1/mail-previews',
    summary: 'A text with the values of records in place of its variables',
    body: previewRequest,
    response: preview,
    status: 200,
    handler: async (ctx, { body }) => ({ body: await fillIn(ctx, body) }),
  }),
];
