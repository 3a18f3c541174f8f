import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { asCaller } from '../../kernel/http/as-caller.ts';
import { crudRoutes } from '../../kernel/http/crud.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { confirmMaker } from '../../kernel/identity/index.ts';
import type { Services } from '../../kernel/services.ts';
import {
  delivery,
  deliveryPage,
  deliveryParams,
  deliveryQuery,
  deliveryWithContent,
  newWebhook,
  webhook,
  webhookUpdate,
  webhookWithSecret,
} from './contract.ts';
import { readDelivery, readLog, replay, sendTest } from './deliveries.ts';
import { createWebhook, renewSecret, updateWebhook } from './service.ts';

const base = '/api/v1/webhooks';
const log = `${base}/{id}/deliveries`;
const tag = 'Webhooks';
const may = (action: 'read' | 'create' | 'update') => ({ resource: 'webhook', action }) as const;

/**
 * Listing, reading and deleting are as everywhere. What decides where records go, or shows a secret, takes a confirmed
 * session.
 */
export const webhookRoutes = (services: Services, records: readonly Resource[]): Route[] => [
  ...crudRoutes(webhook).filter(({ method }) => method === 'GET' || method === 'DELETE'),
  route({
    method: 'POST',
    path: base,
    tag,
    summary: 'Create a webhook; its secret is shown this once',
    access: may('create'),
    transaction: false,
    body: newWebhook,
    response: webhookWithSecret,
    handler: async (bare, { body, request }) => {
      const row = await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, services.cache);
        return createWebhook(ctx, services, records, body);
      });
      return { body: row, version: row.version as number, headers: { location: `${base}/${row.id}` } };
    },
  }),
  route({
    method: 'PATCH',
    path: `${base}/{id}`,
    tag,
    summary: 'Change a webhook; whoever changes what is sent where becomes its owner',
    access: may('update'),
    transaction: false,
    params: idParams,
    heedsIfMatch: true,
    body: webhookUpdate,
    response: webhook.row,
    handler: async (bare, { params, body, ifMatch, request }) => {
      const row = await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, services.cache);
        return updateWebhook(ctx, services, records, params.id, body, ifMatch);
      });
      return { body: row, version: row.version as number };
    },
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/secret`,
    tag,
    summary: 'Make a new secret, shown this once; the old one signs too for 24 hours',
    access: may('update'),
    transaction: false,
    params: idParams,
    response: webhookWithSecret,
    status: 200,
    handler: async (bare, { params, request }) => {
      const row = await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, services.cache);
        return renewSecret(ctx, services, params.id);
      });
      return { body: row, version: row.version as number };
    },
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/tests`,
    tag,
    summary: 'Send a test event',
    access: may('update'),
    params: idParams,
    response: delivery,
    handler: async (ctx, { params }) => {
      const body = await sendTest(ctx, params.id);
      return { body, headers: { location: `${base}/${params.id}/deliveries/${body.id}` } };
    },
  }),
  route({
    method: 'GET',
    path: log,
    tag,
    summary: 'What was sent in the last 14 days, or waits to be, newest first',
    access: may('read'),
    params: idParams,
    query: deliveryQuery,
    response: deliveryPage,
    handler: async (ctx, { params, query }) => ({ body: await readLog(ctx, params.id, query) }),
  }),
  route({
    method: 'GET',
    path: `${log}/{delivery_id}`,
    tag,
    summary: 'One delivery with what was sent and the response',
    access: may('read'),
    params: deliveryParams,
    response: deliveryWithContent,
    handler: async (ctx, { params }) => ({ body: await readDelivery(ctx, records, params.id, params.delivery_id) }),
  }),
  route({
    method: 'POST',
    path: `${log}/{delivery_id}/replay`,
    tag,
    summary: 'Send it again, with the same webhook-id',
    access: may('update'),
    params: deliveryParams,
    response: delivery,
    status: 200,
    handler: async (ctx, { params }) => ({ body: await replay(ctx, params.id, params.delivery_id) }),
  }),
];
