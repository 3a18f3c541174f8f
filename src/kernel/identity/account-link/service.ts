import type { FastifyRequest } from 'fastify';
import { Problem, problems } from '../../errors/problem.ts';
import { asCaller } from '../../http/as-caller.ts';
import type { BareContext } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { hashToken } from '../../vault/tokens.ts';
import { confirmPresence } from '../confirmation.ts';
import { recordEvent } from '../events.ts';
import { attempts_window_seconds, code_attempts_max } from '../limits.ts';
import { provePasskey } from '../passkey/service.ts';
import { asPerson, sessionUser } from '../person.ts';
import { hasSecondFactor, passesSecondFactor } from '../second-factor/service.ts';
import { readSessionEnd } from '../session/queries.ts';
import { type Begun, beginSession, endFormer, provePassword, wrongCode } from '../sign-in/service.ts';
import { issueToken } from '../token/service.ts';
import type { AccountLink, AccountProof } from './contract.ts';
import { findLinkedAccounts, linkAccount, unlinkAccount } from './queries.ts';

export async function listLinks(ctx: Context): Promise<AccountLink[]> {
  sessionUser(ctx.actor);
  return (await findLinkedAccounts(ctx)).map(({ user_id: _, ...link }) => link);
}

/** Links the caller's account with one that they prove to have in another workspace, as if they signed in there. */
export async function addLink(
  bare: BareContext,
  services: Services,
  request: FastifyRequest,
  proof: AccountProof,
): Promise<void> {
  await asCaller(bare, request, (ctx) => confirmPresence(ctx, services.cache, undefined));
  const prove = async (ctx: Context) => {
    const token = await issueToken(ctx, 'account_link', ctx.actor.user_id!);
    await recordEvent(ctx, {
      action: 'update',
      resource: 'user',
      record_id: ctx.actor.user_id,
      after: { linked_account: 'proved' },
    });
    return token;
  };
  const token =
    'passkey' in proof
      ? await provePasskey(services, request, proof.passkey, prove)
      : await provePassword(services, request, proof, async (ctx) => {
          await requireSecondFactor(ctx, services, proof);
          return prove(ctx);
        });
  await asCaller(bare, request, async (ctx) => {
    const tenant_id = await linkAccount(ctx, hashToken(token));
    if (tenant_id === null)
      throw problems.conflict('This account cannot be linked: it is your own, or you signed in with a provider.');
    await recordEvent(ctx, {
      action: 'update',
      resource: 'user',
      record_id: ctx.actor.user_id,
      after: { linked_account: 'added' },
    });
  });
}

async function requireSecondFactor(
  ctx: Context,
  { cache, keyRing }: Services,
  given: { code?: string | undefined; recovery_code?: string | undefined },
): Promise<void> {
  const user_id = ctx.actor.user_id!;
  if (!(await hasSecondFactor(ctx, user_id))) return;
  if (given.code === undefined && given.recovery_code === undefined)
    throw new Problem(401, 'second_factor_required', 'A second factor is needed', 'Add a code of the app.', {
      errors: [{ field: 'code', code: 'required', message: 'This account has a second factor: type its code' }],
    });
  const counted = await cache.count(`second-factor:${user_id}`, attempts_window_seconds, code_attempts_max);
  if (!counted.allowed) throw problems.rateLimited(counted.retryAfterSeconds);
  if (!(await passesSecondFactor(ctx, keyRing, user_id, given)))
    throw wrongCode(given.recovery_code === undefined ? 'code' : 'recovery_code');
}

export async function removeLink(ctx: Context, tenant_id: string): Promise<void> {
  const { user_id } = sessionUser(ctx.actor);
  if (!(await unlinkAccount(ctx, tenant_id))) throw problems.notFound('account');
  await recordEvent(ctx, {
    action: 'update',
    resource: 'user',
    record_id: user_id,
    after: { linked_account: 'removed' },
  });
}

/**
 * Signs in to the caller's account in another workspace, by the rules of that workspace: its second factor is asked
 * for. The session there ends when the present one would have, and this one ends with it.
 */
export async function changeWorkspace(
  bare: BareContext,
  services: Services,
  request: FastifyRequest,
  tenant_id: string,
): Promise<Begun> {
  const { user_id, session_id } = sessionUser(bare.actor);
  const { account, ends_at } = await asCaller(bare, request, async (ctx) => ({
    account: (await findLinkedAccounts(ctx)).find((each) => each.tenant_id === tenant_id),
    ends_at: await readSessionEnd(ctx, session_id),
  }));
  if (!account) throw problems.notFound('account');
  const former = { tenant_id: bare.actor!.tenant_id, user_id, session_id, ends_at };
  const begun = await asPerson(services.db, request, account, (ctx) =>
    beginSession(ctx, services, request, 'workspace', former),
  );
  await endFormer(services, request, begun);
  return begun;
}
