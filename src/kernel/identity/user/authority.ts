import {
  actions,
  administratorRights,
  mergeRights,
  ownedResources,
  type Rights,
  type Scope,
  scopeOf,
} from '../../access/rights.ts';
import { Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { fieldBeyond, intersectRights, rightBeyond } from '../grants.ts';
import {
  findOwnTeamMates,
  findRightsOf,
  findRightsOfActive,
  findTeamMatesOf,
  findTeamMatesOfRole,
  isLastAdministrator,
  lockAdministrators,
} from './queries.ts';

/** Nobody hands out what they do not have themselves. */
export function refuseGrantBeyond(ctx: Context, wanted: Rights, what: string): void {
  const beyond = rightBeyond(ctx.actor.rights, wanted);
  if (beyond)
    throw problems.forbidden(`${what} would allow more than you may yourself (${beyond}). Ask an administrator.`);
}

/** Of rights that people hold or get: their scope `team` must reach no records that the caller does not reach. */
async function refuseTeamReachBeyond(ctx: Context, rights: Rights, reached: () => Promise<string[]>): Promise<void> {
  const beyond = await reachBeyond(ctx, rights, reached);
  if (beyond)
    throw problems.forbidden(
      `Through their teams these rights reach records that you do not reach (${beyond}). Ask an administrator.`,
    );
}

/**
 * The first right of scope `team`, as `resource.action`, that would reach records of one of these people although the caller's own
 * does not: the caller needs it for all records, or for those of the same people. Undefined when there is none.
 */
export async function reachBeyond(
  ctx: Context,
  rights: Rights,
  reached: readonly string[] | (() => Promise<readonly string[]>),
): Promise<string | undefined> {
  const narrow = [...ownedResources].flatMap((resource) =>
    actions.flatMap((action) => {
      const held = scopeOf(ctx.actor.rights, resource, action);
      return scopeOf(rights, resource, action) === 'team' && held !== 'all'
        ? [{ held, right: `${resource}.${action}` }]
        : [];
    }),
  );
  if (narrow.length === 0) return undefined;
  const people = typeof reached === 'function' ? await reached() : reached;
  const mates = new Set(await findOwnTeamMates(ctx));
  const reaches = (held: Scope, person: string) =>
    held === 'team' ? mates.has(person) : held === 'own' && person === ctx.actor.user_id;
  return narrow.find(({ held }) => people.some((person) => !reaches(held, person)))?.right;
}

/** The same of a role as it is and somebody who gets it: it may also see custom fields, and reaches their teams. */
export async function refuseRoleBeyond(
  ctx: Context,
  role: { name: string; rights: Rights },
  user_id: string,
): Promise<void> {
  const what = `The role "${role.name}"`;
  refuseGrantBeyond(ctx, role.rights, what);
  const beyond = fieldBeyond(ctx.actor.rights, role.rights);
  if (beyond) throw problems.forbidden(`${what} sees a field that you do not (${beyond}). Ask an administrator.`);
  await refuseTeamReachBeyond(ctx, role.rights, () => findTeamMatesOf(ctx, user_id));
}

/** A role that people have already may not be given more than the caller has, nor reach more through their teams. */
export async function refuseRoleChangeBeyond(ctx: Context, role_id: string, rights: Rights): Promise<void> {
  refuseGrantBeyond(ctx, rights, 'This role');
  await refuseTeamReachBeyond(ctx, rights, () => findTeamMatesOfRole(ctx, role_id));
}

/**
 * Nobody changes a user who may more than they: with a new e-mail address and a lost password, for example, one would take over
 * that account and its rights.
 */
export async function refuseAbove(ctx: Context, user_id: string): Promise<void> {
  const theirs = mergeRights(await findRightsOf(ctx, user_id));
  const beyond = rightBeyond(ctx.actor.rights, theirs) ?? fieldBeyond(ctx.actor.rights, theirs);
  if (beyond) throw problems.forbidden(`This user may more than you (${beyond}). Ask an administrator.`);
  if (user_id !== ctx.actor.user_id) await refuseTeamReachBeyond(ctx, theirs, () => findTeamMatesOf(ctx, user_id));
}

/** What is left at this moment of the rights somebody had when work was begun in their name; none for whoever was shut out. */
export async function remainingRights(ctx: Context, user_id: string, begunWith: Rights): Promise<Rights> {
  const found = await findRightsOfActive(ctx, user_id);
  return found ? intersectRights(begunWith, mergeRights(found.rights)) : {};
}

/** For what opens every account of a workspace. Whoever has all rights is an administrator, whatever the role is called; a key of one, too. */
export function refuseUnlessAdministrator(ctx: Context): void {
  const missing = rightBeyond(ctx.actor.rights, administratorRights);
  if (missing)
    throw problems.forbidden(
      `Only administrators, who have all rights, do this (you lack ${missing}). Ask one of them.`,
    );
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
