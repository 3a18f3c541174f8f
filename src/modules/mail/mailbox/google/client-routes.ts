import type { z } from 'zod';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import type { Services } from '../../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../../kernel/tenancy/context.ts';
import { openBytes, sealBytes } from '../../../../kernel/vault/seal.ts';
import { MailTrouble } from '../connection/trouble.ts';
import type { GoogleApiName } from './addresses.ts';
import { GoogleApi } from './api.ts';
import { type GoogleClientPut, googleClient, googleClientPut } from './contract.ts';
import { google_scopes, type OAuthClient, redirectUri } from './oauth.ts';
import { deleteGoogleClient, findGoogleClient, type GoogleClientRow, putGoogleClient } from './queries.ts';

const path = '/api/v1/google-client';
const about = { tag: 'Mailboxes', path, access: { resource: 'tenant', action: 'update' } } as const;

const bindingOf = (tenant: string, row: string) => ({
  tenant,
  table: 'google_client',
  column: 'sealed_client_secret',
  row,
});

export const googleClientRoutes = (services: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    summary: 'Whether mailboxes and calendars of Google can be connected, and what to name in Google’s console',
    access: { resource: 'mailbox', action: 'read' },
    response: googleClient,
    handler: async (ctx) => ({ body: shown(services, await findGoogleClient(ctx)) }),
  }),
  route({
    ...about,
    method: 'PUT',
    summary: 'Set the OAuth client with which this workspace asks Google',
    body: googleClientPut,
    response: googleClient,
    handler: async (ctx, { body }) => ({ body: shown(services, await setClient(services, ctx, body)) }),
  }),
  route({
    ...about,
    method: 'DELETE',
    summary: 'Remove the OAuth client; mailboxes and calendars of Google stop, and what was imported stays',
    handler: async (ctx) => {
      if ((await deleteGoogleClient(ctx)) === 0) throw problems.notFound('client of Google');
      return {};
    },
  }),
];

async function setClient(services: Services, ctx: Context, body: GoogleClientPut): Promise<GoogleClientRow> {
  const { client_id, client_secret, is_testing } = body;
  const known = await findGoogleClient(ctx);
  // A secret belongs to the client that it was given for.
  if (client_secret === undefined && known?.client_id !== client_id)
    throw invalidField('client_secret', 'required', 'Write the client secret');
  const id = known?.id ?? uuidV7();
  const sealed_client_secret =
    client_secret === undefined
      ? known!.sealed_client_secret
      : sealBytes(services.keyRing, Buffer.from(client_secret), bindingOf(ctx.tenant_id, id));
  const row = { id, client_id, sealed_client_secret, is_testing };
  await putGoogleClient(ctx, row);
  return row;
}

const shown = (services: Services, row: GoogleClientRow | undefined): z.infer<typeof googleClient> => ({
  is_set: row !== undefined,
  client_id: row?.client_id ?? null,
  is_testing: row?.is_testing ?? false,
  redirect_uri: redirectUri(services),
  scopes: [...google_scopes.gmail, ...google_scopes.calendar],
});

/** The client of a workspace with its secret, for the program; undefined where there is none. */
async function oauthClientOf(services: Services, tenant_id: string): Promise<OAuthClient | undefined> {
  const row = await withContext(services.db, systemActor(tenant_id), findGoogleClient);
  if (!row) return undefined;
  const secret = openBytes(services.keyRing, row.sealed_client_secret, bindingOf(tenant_id, row.id));
  return { client_id: row.client_id, client_secret: secret.toString() };
}

const no_client =
  'Your workspace has no client at Google, or it was removed. An administrator sets it up under Settings, Google.';

/** As `oauthClientOf`, for whom connects or is connected. */
export async function requireOAuthClient(services: Services, tenant_id: string): Promise<OAuthClient> {
  const oauth = await oauthClientOf(services, tenant_id);
  if (!oauth) throw new MailTrouble(no_client, true);
  return oauth;
}

interface GrantOf {
  tenant_id: string;
  api: GoogleApiName;
  refresh_token: string;
  signal?: AbortSignal | undefined;
}

/** Google, for whoever gave this grant. */
export const googleApiFor = async (
  services: Services,
  { tenant_id, api, refresh_token, signal }: GrantOf,
): Promise<GoogleApi> =>
  new GoogleApi(services, { api, oauth: await requireOAuthClient(services, tenant_id), refresh_token }, signal);
