import { mergeRights, type Rights } from '../../access/rights.ts';
import { Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { fieldBeyond, intersectRights, rightBeyond } from '../grants.ts';
import { findRightsOf, findRightsOfActive, isLastAdministrator, lockAdministrators } from './queries.ts';

/** Nobody hands out what they do not have themselves. */
export function refuseGrantBeyond(ctx: Context, wanted: Rights, what: string): void {
  const beyond = rightBeyond(ctx.actor.rights, wanted);
  if (beyond)
    throw problems.forbidden(`${what} would allow more than you may yourself (${beyond}). Ask an administrator.`);
}

/** The same of a role as it is, which may also see custom fields that not everybody sees. */
export function refuseRoleBeyond(ctx: Context, role: { name: string; rights: Rights }): void {
  const what = `The role "${role.name}"`;
  refuseGrantBeyond(ctx, role.rights, what);
  const beyond = fieldBeyond(ctx.actor.rights, role.rights);
  if (beyond) throw problems.forbidden(`${what} sees a field that you do not (${beyond}). Ask an administrator.`);
}

/**
 * Nobody changes a user who may more than they: with a new e-mail address and a lost password, for example, one would take over
 * that account and its rights.
 */
export async function refuseAbove(ctx: Context, user_id: string): Promise<void> {
  const theirs = mergeRights(await findRightsOf(ctx, user_id));
  const beyond = rightBeyond(ctx.actor.rights, theirs) ?? fieldBeyond(ctx.actor.rights, theirs);
  if (beyond) throw problems.forbidden(`This user may more than you (${beyond}). Ask an administrator.`);
}

/** What is left at this moment of the rights somebody had when work was begun in their name; none for whoever was shut out. */
export async function remainingRights(ctx: Context, user_id: string, begunWith: Rights): Promise<Rights> {
  const found = await findRightsOfActive(ctx, user_id);
  return found ? intersectRights(begunWith, mergeRights(found.rights)) : {};
}

/** To be called before an administrator goes, is disabled or loses the role. Of two at the same time the second waits and hears no. */
export async function keepAnAdministrator(ctx: Context, user_id: string): Promise<void> {
  await lockAdministrators(ctx);
  if (await isLastAdministrator(ctx, user_id))
    throw new Problem(
      409,
      'last_administrator',
      'A workspace needs an administrator',
      'This is the only active administrator. Make somebody else one first.',
    );
}
