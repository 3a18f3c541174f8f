import { z } from 'zod';
import { asCaller } from '../../http/as-caller.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { confirmPresence } from '../confirmation.ts';
import { sessionUser } from '../person.ts';
import { renewSessions, sendCookie, viewSession } from '../session/service.ts';
import { confirmation, recoveryCodes, secondFactorState as stateContract, totpCode, totpSetup } from './contract.ts';
import { beginSetup, confirmSetup, removeSecondFactor, renewRecoveryCodes, secondFactorState } from './service.ts';

const tag = 'Second factor';
const base = '/api/v1/second-factor';

export function secondFactorRoutes(services: Services): Route[] {
  const { authenticator, cache, keyRing } = services;
  /** Turning it on or off changes what protects the account: other devices are signed out. */
  const renew = async <Result>(ctx: Context, work: (user_id: string) => Promise<Result>) => {
    const { user_id, session_id } = sessionUser(ctx.actor);
    const result = await work(user_id);
    return { result, ...(await renewSessions(ctx, user_id, session_id)) };
  };
  return [
    route({
      method: 'GET',
      duringSetup: true,
      path: base,
      tag,
      summary: 'Whether signing in asks for a code',
      access: 'signed_in',
      response: stateContract,
      handler: async (ctx) => ({ body: await secondFactorState(ctx, sessionUser(ctx.actor).user_id) }),
    }),
    route({
      method: 'POST',
      duringSetup: true,
      path: `${base}/setup`,
      tag,
      summary: 'Begin: a secret for the app, shown once',
      access: 'signed_in',
      transaction: false,
      body: confirmation,
      response: totpSetup,
      handler: async (bare, { body, request }) => ({
        body: await asCaller(bare, request, async (ctx) => {
          const { user_id } = sessionUser(ctx.actor);
          await confirmPresence(ctx, cache, body.password);
          const { user, tenant } = await viewSession(ctx, services);
          return beginSetup(ctx, keyRing, user_id, `${user?.email ?? user_id} (${tenant.title})`);
        }),
      }),
    }),
    route({
      method: 'POST',
      duringSetup: true,
      path: `${base}/confirmation`,
      tag,
      summary: 'Turn it on with a first code; answers the recovery codes, shown once',
      access: 'signed_in',
      transaction: false,
      body: z.strictObject({ code: totpCode }),
      response: recoveryCodes,
      rateLimit: { name: 'second-factor-confirmation', limit: 10, windowSeconds: 900 },
      handler: async (bare, { body, request, reply }) => {
        const { result, token, forgotten } = await asCaller(bare, request, (ctx) =>
          renew(ctx, (user_id) => confirmSetup(ctx, keyRing, user_id, body.code)),
        );
        await authenticator.forget(forgotten);
        sendCookie(reply, token);
        return { body: { recovery_codes: result } };
      },
    }),
    route({
      method: 'POST',
      path: `${base}/recovery-codes`,
      tag,
      summary: 'New recovery codes, shown once; the old ones stop working',
      access: 'signed_in',
      transaction: false,
      body: confirmation,
      response: recoveryCodes,
      handler: async (bare, { body, request }) => ({
        body: await asCaller(bare, request, async (ctx) => {
          const { user_id } = sessionUser(ctx.actor);
          await confirmPresence(ctx, cache, body.password);
          return { recovery_codes: await renewRecoveryCodes(ctx, user_id) };
        }),
      }),
    }),
    route({
      method: 'POST',
      path: `${base}/removal`,
      tag,
      summary: 'Turn it off',
      access: 'signed_in',
      transaction: false,
      body: confirmation,
      status: 204,
      handler: async (bare, { body, request, reply }) => {
        const { token, forgotten } = await asCaller(bare, request, (ctx) =>
          renew(ctx, async (user_id) => {
            await confirmPresence(ctx, cache, body.password);
            await removeSecondFactor(ctx, user_id);
          }),
        );
        await authenticator.forget(forgotten);
        sendCookie(reply, token);
        return {};
      },
    }),
  ];
}
