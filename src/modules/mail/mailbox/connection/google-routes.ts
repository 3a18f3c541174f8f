import { idParams } from '../../../../kernel/contract/resource.ts';
import { invalidField } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { getRow } from '../../../../kernel/resource/store.ts';
import type { Services } from '../../../../kernel/services.ts';
import { mailboxPasswords } from '../../password.ts';
import { mailbox } from '../contract.ts';
import type { GoogleApi } from '../google/api.ts';
import { asConflict, consentUrl, readAnswer } from '../google/consent.ts';
import { googleAnswer, googleConnected, googleConsent } from '../google/contract.ts';
import { syncAt } from '../sync/jobs.ts';
import { putGoogleConnection } from './queries.ts';
import { refuseOther, requireOwn } from './routes.ts';

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
      const consent = await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, params.id);
        await refuseOther(ctx, params.id, 'google');
        const { address } = await getRow(ctx, mailbox, params.id);
        return { tenant_id: ctx.tenant_id, user_id: ctx.actor.user_id!, login_hint: String(address) };
      });
      return { body: await consentUrl(services, { ...consent, api: 'gmail', connects: params.id }) };
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
    handler: async (bare, { body, request }) => {
      const { connects, redeem } = readAnswer(services, bare.actor!, 'gmail', body);
      const id = connects!;
      const address = await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, id);
        return String((await getRow(ctx, mailbox, id)).address);
      });
      const { google, refresh_token } = await redeem();
      const username = await addressAt(google).catch(asConflict);
      if (username.toLowerCase() !== address.toLowerCase()) {
        const message = `At Google you are ${username}, and this mailbox is ${address}. Choose that account there, or make a mailbox for this one.`;
        throw invalidField('code', 'other_account', message);
      }
      await asCaller(bare, request, async (ctx) => {
        await requireOwn(ctx, id);
        await refuseOther(ctx, id, 'google');
        const sealed = mailboxPasswords.seal(services, ctx.tenant_id, id, refresh_token);
        await putGoogleConnection(ctx, id, { username, sealed });
        await syncAt(ctx, id, 0);
      });
      return { body: { mailbox_id: id } };
    },
  }),
];

async function addressAt(api: GoogleApi): Promise<string> {
  const { body } = await api.ask<{ emailAddress: string }>({
    path: '/gmail/v1/users/me/profile',
    units: profile_units,
  });
  return body.emailAddress;
}
