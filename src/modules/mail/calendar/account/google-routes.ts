import { invalidField } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asConflict, consentUrl, googleAnswer, googleConsent, readAnswer } from '../../mailbox/index.ts';
import { addressAt, GoogleCalendarProvider } from '../provider/google.ts';
import { calendarAccount, googleCalendarConsent } from './contract.ts';
import { listAccounts } from './queries.ts';
import { requireAccount, requirePerson, storeAccount } from './routes.ts';

const about = { tag: 'Calendars', access: { resource: 'mailbox', action: 'update' } } as const;
const rateLimit = { name: 'calendar_account', limit: 20, windowSeconds: 60 };

export const googleAccountRoutes = (services: Services): Route[] => [
  route({
    ...about,
    transaction: false,
    method: 'POST',
    path: '/api/v1/google-calendar-consents',
    summary: 'Begin to connect your calendars at Google; answers where to send the browser',
    body: googleCalendarConsent,
    response: googleConsent,
    status: 200,
    rateLimit,
    handler: async (bare, { body: { account_id }, request }) => {
      const consent = await asCaller(bare, request, async (ctx) => ({
        tenant_id: ctx.tenant_id,
        user_id: requirePerson(ctx, 'account_id'),
        login_hint: account_id && (await requireAccount(ctx, account_id)).username,
      }));
      return { body: await consentUrl(services, { ...consent, api: 'calendar', connects: account_id ?? null }) };
    },
  }),
  route({
    ...about,
    transaction: false,
    method: 'POST',
    path: '/api/v1/google-calendar-accounts',
    summary: 'Connect your calendars at Google with what it sent the browser back with',
    body: googleAnswer,
    response: calendarAccount,
    status: 200,
    rateLimit,
    handler: async (bare, { body, request }) => {
      const { connects, redeem } = readAnswer(services, bare.actor!, 'calendar', body);
      const { google, refresh_token } = await redeem();
      const username = await addressAt(google).catch(asConflict);
      const { calendars } = await new GoogleCalendarProvider(google).calendars().catch(asConflict);
      const signed = {
        provider: 'google',
        url: null,
        home: null,
        username,
        password: refresh_token,
        calendars,
      } as const;
      return {
        body: await asCaller(bare, request, async (ctx) =>
          storeAccount(services, ctx, await knownAccount(ctx, connects, username), signed),
        ),
      };
    },
  }),
];

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The account that is connected anew: the one that was meant, or one of the same address at Google. */
async function knownAccount(ctx: Context, connects: string | null, address: string): Promise<string | undefined> {
  if (!connects)
    return (await listAccounts(ctx)).find((one) => one.provider === 'google' && isSame(one.username, address))?.id;
  const { username } = await requireAccount(ctx, connects);
  if (isSame(username, address)) return connects;
  const message = `At Google you are ${address}, and this account is ${username}. Choose that account there, or connect this one as a new one.`;
  throw invalidField('code', 'other_account', message);
}
