import { idParams } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { operatorReason } from '../console/contract.ts';
import {
  alertList,
  newReceiver,
  newSilence,
  receiverList,
  receiverUpdate,
  receiverWithSecret,
  ruleList,
  ruleParams,
  ruleUpdate,
} from './contract.ts';
import { enqueueSending } from './dispatch.ts';
import {
  acknowledgeAlert,
  changeReceiver,
  changeRule,
  createReceiver,
  readAlerts,
  readReceivers,
  readRules,
  removeReceiver,
  silence,
  testReceiver,
  unsilence,
} from './service.ts';

const base = '/api/v1/installation';
const shared = { tag: 'Installation', access: 'operator' } as const;

/** Alerts of the installation: what fires, who is told, and what operators do about it. */
export const alertRoutes = (services: Services): Route[] => [
  route({
    ...shared,
    method: 'GET',
    path: `${base}/alerts`,
    summary: 'What fires now, what ended, and what is silenced',
    response: alertList,
    handler: async (ctx) => ({ body: await readAlerts(ctx) }),
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alerts/{id}/acknowledgement`,
    summary: 'Say that somebody looks after an alert, so that it is not escalated',
    params: idParams,
    body: operatorReason,
    status: 204,
    handler: async (ctx, { params, body }) => {
      await acknowledgeAlert(ctx, params.id, body.reason);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alert-silences`,
    summary: 'Have nobody told of a rule until a time',
    body: newSilence,
    status: 204,
    handler: async (ctx, { body }) => {
      await silence(ctx, body);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alert-silences/{id}/end`,
    summary: 'End a silence',
    params: idParams,
    body: operatorReason,
    status: 204,
    handler: async (ctx, { params, body }) => {
      await unsilence(ctx, params.id, body.reason);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${base}/alert-receivers`,
    summary: 'Who is told of alerts, and whether that worked',
    response: receiverList,
    handler: async (ctx) => ({ body: { data: await readReceivers(ctx) } }),
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alert-receivers`,
    summary: 'Have alerts sent somewhere; the secret of a webhook is shown this once',
    body: newReceiver,
    response: receiverWithSecret,
    handler: async (ctx, { body }) => ({ body: await createReceiver(ctx, services, body) }),
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: `${base}/alert-receivers/{id}`,
    summary: 'Change of what and when a receiver is told',
    params: idParams,
    heedsIfMatch: true,
    body: receiverUpdate,
    status: 204,
    handler: async (ctx, { params, body, ifMatch }) => {
      await changeReceiver(ctx, params.id, body, ifMatch);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alert-receivers/{id}/deletion`,
    summary: 'Delete a receiver',
    params: idParams,
    body: operatorReason,
    status: 204,
    handler: async (ctx, { params, body }) => {
      await removeReceiver(ctx, params.id, body.reason);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${base}/alert-receivers/{id}/tests`,
    summary: 'Send a test',
    params: idParams,
    status: 202,
    transaction: false,
    handler: async ({ db, actor }, { params }) => {
      await withContext(db, actor!, (ctx) => testReceiver(ctx, params.id));
      await withContext(db, systemActor(system_tenant_id), enqueueSending);
      return {};
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${base}/alert-rules`,
    summary: 'What is looked at, and from when on it is wrong',
    response: ruleList,
    handler: async (ctx) => ({ body: { data: await readRules(ctx) } }),
  }),
  route({
    ...shared,
    method: 'PUT',
    path: `${base}/alert-rules/{name}`,
    summary: 'Set the limits of a rule, or switch it off',
    params: ruleParams,
    heedsIfMatch: true,
    body: ruleUpdate,
    status: 204,
    handler: async (ctx, { params, body, ifMatch }) => {
      await changeRule(ctx, params.name, body, ifMatch);
      return {};
    },
  }),
];
