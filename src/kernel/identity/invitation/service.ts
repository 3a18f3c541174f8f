import type { FastifyRequest } from 'fastify';
import { mergeRights } from '../../access/rights.ts';
import { invalidField, problems } from '../../errors/problem.ts';
import { cancelTimer, enqueue } from '../../jobs/queue.ts';
import { createRow, getRow, type Values } from '../../resource/store.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { fieldBeyond, personRights, rightBeyond } from '../grants.ts';
import { mail_attempts_max } from '../mail.ts';
import { confirmEmail } from '../password/queries.ts';
import { setPassword } from '../password/service.ts';
import { asPerson, asSystem, linkTo } from '../person.ts';
import { openSession } from '../sign-in/service.ts';
import { findTokenOf, issueToken, linkSpent, revokeTokens, spendToken } from '../token/service.ts';
import { refuseAbove, refuseOperator, refuseTakeover } from '../user/authority.ts';
import { user } from '../user/contract.ts';
import { findRightsOf, findRightsOfActive, findRoles } from '../user/queries.ts';
import { grantRoles, kindOf } from '../user/service.ts';
import { activateUser, findInviter, readInvited } from './queries.ts';
import { invitation_kind } from './revocation.ts';

interface Invitation {
  user: Values;
  mailed: boolean;
  link: string | null;
}

export async function invite(
  ctx: Context,
  services: Services,
  { role_ids, ...person }: { email: string; name: string; role_ids: string[]; access_until?: string | undefined },
): Promise<Invitation> {
  if (person.access_until && Date.parse(person.access_until) <= Date.now())
    throw invalidField('access_until', 'in_the_past', 'Choose a time in the future');
  const kind = kindOf(await findRoles(ctx, role_ids));
  const { id } = await createRow(ctx, user, person, { status: 'invited', kind });
  await grantRoles(ctx, id as string, role_ids);
  return sendInvitation(ctx, services, await getRow(ctx, user, id as string));
}

/**
 * Sends a link that replaces any earlier one, also to users whom an import or a person created without an invitation.
 */
export async function deliverInvitation(ctx: Context, services: Services, user_id: string): Promise<Invitation> {
  const row = await getRow(ctx, user, user_id);
  // The holder of the link becomes this user, so it must not lead to more rights or records.
  await refuseTakeover(ctx, user_id);
  return sendInvitation(ctx, services, row);
}

async function sendInvitation(ctx: Context, services: Services, row: Values): Promise<Invitation> {
  const user_id = row.id as string;
  if (row.status !== 'invited') throw problems.conflict('This user has accepted already or is disabled.');
  if (!row.email) throw invalidField('email', 'required', 'Give this user an e-mail address first');
  const payload = { user_id, invited_by: ctx.actor.user_id };
  if (services.mailer.configured) {
    // In place of one that waits to be tried again, perhaps for an hour.
    await cancelTimer(ctx, invitation_kind, user_id);
    await enqueue(ctx, invitation_kind, payload, { dedupeKey: user_id, attemptsMax: mail_attempts_max });
    return { user: row, mailed: true, link: null };
  }
  const token = await issueInvitation(ctx, payload);
  return { user: row, mailed: false, link: linkTo(services, '/invitation', token) };
}

/** Issues the token of an invitation. It says who sent it, who may give the account more without revoking it. */
export const issueInvitation = (
  ctx: Context,
  { user_id, invited_by, sent_to }: { user_id: string; invited_by: string | null; sent_to?: string },
): Promise<string> => issueToken(ctx, 'invitation', user_id, { sent_to, payload: { invited_by } });

/** Withdraws the link, also one that is still to be mailed; the user stays as a name. */
export async function withdrawInvitation(ctx: Context, user_id: string): Promise<void> {
  const row = await getRow(ctx, user, user_id);
  await refuseAbove(ctx, user_id);
  await refuseOperator(ctx, user_id);
  if (row.status !== 'invited') throw problems.notFound('invitation');
  await cancelTimer(ctx, invitation_kind, user_id);
  await revokeTokens(ctx, user_id);
}

/** The invited user, for the page that asks for a password. */
export async function showInvitation({ db }: Services, request: FastifyRequest, token: string) {
  const found = await findInvitation(db, request, token);
  return asPerson(db, request, found, async (ctx) => {
    const invited = await readInvited(ctx, found.user_id);
    if (invited?.status !== 'invited' || invited.email === null) throw linkSpent();
    return { email: invited.email, name: invited.name, tenant: { title: invited.tenant_title } };
  });
}

export async function acceptInvitation(
  services: Services,
  request: FastifyRequest,
  { token, password, name }: { token: string; password: string; name?: string | undefined },
) {
  const { db } = services;
  const found = await findInvitation(db, request, token);
  return asPerson(db, request, found, async (ctx) => {
    const { sent_to } = await spendToken(ctx, found.id);
    if (sent_to !== null) await confirmEmail(ctx, found.user_id, sent_to);
    if (!(await activateUser(ctx, found.user_id, name))) throw linkSpent();
    await setPassword(ctx, found.user_id, password);
    return openSession(ctx, services, request, 'invitation', false);
  });
}

async function findInvitation(db: Services['db'], request: FastifyRequest, token: string) {
  const found = await findTokenOf(db, 'invitation', token);
  if (!found?.user_id) throw linkSpent();
  const invitation = { ...found, user_id: found.user_id };
  await asSystem(db, request, found.tenant_id, (ctx) => refuseOutgrown(ctx, invitation));
  return invitation;
}

/**
 * Whoever sent it may have the link: it must not give them more than they have by now, nor anything once they are out.
 */
async function refuseOutgrown(ctx: Context, { id, user_id }: { id: string; user_id: string }): Promise<void> {
  const invited_by = await findInviter(ctx, id);
  if (invited_by === null) return;
  const theirs = await findRightsOfActive(ctx, invited_by);
  if (!theirs) throw linkSpent();
  const held = personRights(theirs.kind, theirs.rights);
  const given = mergeRights(await findRightsOf(ctx, user_id));
  if (rightBeyond(held, given) ?? fieldBeyond(held, given)) throw linkSpent();
}
