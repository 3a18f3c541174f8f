import { idParams } from '../../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { getRow } from '../../../../kernel/resource/store.ts';
import type { Services } from '../../../../kernel/services.ts';
import { mailboxPasswords } from '../../password.ts';
import { mailbox } from '../contract.ts';
import { GoogleApi } from '../google/api.ts';
import { requireOAuthClient } from '../google/client-routes.ts';
import { googleAnswer, googleConnected, googleConsent } from '../google/contract.ts';
import { beginConsent, finishConsent, mail_scopes, openState } from '../google/oauth.ts';
import { syncAt } from '../sync/jobs.ts';
import { putGoogleConnection } from './queries.ts';
import { refuseOther, requireOwn } from './routes.ts';
import { MailTrouble } from './trouble.ts';

const about = { tag: 'Mailboxes', access: { resource: 'mailbox', action: 'update' } } as const;
const rateLimit = { name: 'google_connection', limit: 20, windowSeconds: 60 };
const profile_units = 1;

export const googleConnectionRoutes = (services: Services): Route[] => [
  route({
    ...about,
    transaction: false,
    method: 'POST',
    path: '/api/v1/mailboxes/{id}/google-consents',
    summary: 'Begin to connect one of your mailboxes to Gmail; answers where to send the browser',
    params: idParams,
    response: googleConsent,
    status: 200,
    rateLimit,
    handler: async (bare, { params, request }) => {
      const { tenant_id, user_id, address } = await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, params.id);
        await refuseOther(ctx, params.id, 'google');
        const { address } = await getRow(ctx, mailbox, params.id);
        return { tenant_id: ctx.tenant_id, user_id: ctx.actor.user_id!, address: String(address) };
      });
      const oauth = await requireOAuthClient(services, tenant_id).catch(conflict);
      const to = { tenant_id, user_id, mailbox_id: params.id, login_hint: address };
      return { body: { url: await beginConsent(services, oauth, to) } };
    },
  }),
  route({
    ...about,
    transaction: false,
    method: 'POST',
    path: '/api/v1/google-mailboxes',
    summary: 'Connect a mailbox to Gmail with what Google sent the browser back with',
    body: googleAnswer,
    response: googleConnected,
    status: 200,
    rateLimit,
    handler: async (bare, { body: { state, code }, request }) => {
      const { tenant_id, user_id } = bare.actor!;
      const opened = openState(services, tenant_id, user_id, state);
      if (!opened) throw problems.conflict('This took too long, or was begun by somebody else. Connect again.');
      const id = opened.mailbox_id;
      const address = await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, id);
        return String((await getRow(ctx, mailbox, id)).address);
      });
      const oauth = await requireOAuthClient(services, tenant_id).catch(conflict);
      const grant = await finishConsent(services, oauth, {
        code,
        state,
        verifier: opened.verifier,
        scopes: mail_scopes,
      }).catch(conflict);
      const username = await addressAt(new GoogleApi(services, oauth, grant)).catch(conflict);
      if (username.toLowerCase() !== address.toLowerCase()) {
        const message = `At Google you are ${username}, and this mailbox is ${address}. Choose that account there, or make a mailbox for this one.`;
        throw invalidField('code', 'other_account', message);
      }
      await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, id);
        await refuseOther(ctx, id, 'google');
        const sealed = mailboxPasswords.seal(services, ctx.tenant_id, id, grant);
        await putGoogleConnection(ctx, id, { username, sealed });
        await syncAt(ctx, id, 0);
      });
      return { body: { mailbox_id: id } };
    },
  }),
];

/** What is wrong at Google is said to whoever waits for it. */
const conflict = (error: unknown): never => {
  throw error instanceof MailTrouble ? problems.conflict(error.message, 'google') : error;
};

async function addressAt(api: GoogleApi): Promise<string> {
  const { body } = await api.ask<{ emailAddress: string }>({
    path: '/gmail/v1/users/me/profile',
    units: profile_units,
  });
  return body.emailAddress;
}
