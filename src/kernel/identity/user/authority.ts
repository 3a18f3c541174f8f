import {
  type AccountKind,
  actions,
  administratorRights,
  degrees,
  isOwned,
  mergeRights,
  outsideRoleRights,
  type ResourceName,
  type Rights,
  rightNames,
  type Scope,
  scopeOf,
} from '../../access/rights.ts';
import { type Kind, termsOf } from '../../access/scope.ts';
import { kindsOf, reachUnder, showsByDegree } from '../../access/table-rule.ts';
import { invalidField, Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { fieldBeyond, intersectRights, personRights, rightBeyond } from '../grants.ts';
import {
  areGroupsBeyond,
  findHolders,
  findKeyLimits,
  findOwnTeamMates,
  findRightsOf,
  findRightsOfActive,
  findTeamMatesOf,
  findTeamMatesOfRole,
  isLastAdministrator,
  isOperatorBeyond,
  lockAdministrators,
  lockGrants,
} from './queries.ts';

/** Refuses rights without a meaning: with scopes or degrees that the records do not have. */
export function refuseMeaningless(rights: Rights): void {
  for (const [resource, grant] of Object.entries(rights) as [ResourceName, Record<string, Scope>][]) {
    const known = kindsOf(resource);
    for (const [action, scope] of Object.entries(grant)) {
      const unknown = termsOf(scope)
        .flat()
        .find((kind) => !known.has(kind));
      if (unknown)
        throw invalidField(`rights.${resource}.${action}`, 'invalid', `These records have no scope "${unknown}"`);
      if ((degrees as readonly string[]).includes(action) && !showsByDegree(resource))
        throw invalidField(`rights.${resource}.${action}`, 'invalid', 'These records are seen in full or not at all');
    }
  }
}

/** Refuses a role for others than members with a right that only members have. */
export function refuseOnlyMembers(kind: AccountKind, rights: Rights): void {
  const beyond = kind === 'member' ? undefined : rightBeyond(outsideRoleRights(), rights);
  if (beyond) throw invalidField('rights', 'invalid', `Only members may have this right: ${beyond}`);
}

/** Nobody hands out what they do not have themselves. */
export function refuseGrantBeyond(ctx: Context, wanted: Rights, what: string): void {
  const beyond = rightBeyond(ctx.actor.rights, wanted);
  if (beyond)
    throw problems.forbidden(`${what} would allow more than you may yourself (${beyond}). Ask an administrator.`);
}

/**
 * Of rights that people hold or get: through their teams and groups they must reach no records that the caller does not
 * reach. `mates`: everybody who shares a team with one of them.
 */
async function refuseReachBeyond(
  ctx: Context,
  rights: Rights,
  { mates, people }: { mates: () => Promise<string[]>; people: () => Promise<string[]> },
): Promise<void> {
  const beyond = (await reachBeyond(ctx, rights, mates)) ?? (await groupsBeyond(ctx, rights, people));
  if (beyond)
    throw problems.forbidden(
      `Through their teams these rights reach records that you do not reach (${beyond}). Ask an administrator.`,
    );
}

/**
 * The first right, as `resource.action`, by which these people reach records through a group that is not the caller's.
 */
async function groupsBeyond(
  ctx: Context,
  rights: Rights,
  people: () => Promise<string[]>,
): Promise<string | undefined> {
  let found: string[] | undefined;
  for (const resource of rightNames()) {
    for (const action of [...actions, ...degrees]) {
      if (scopeOf(ctx.actor.rights, resource, action) === 'all') continue;
      const kinds = new Set<string>(termsOf(scopeOf(rights, resource, action)).flat());
      for (const way of reachUnder(resource)) {
        if (!kinds.has(way.kind)) continue;
        found ??= await people();
        if (await areGroupsBeyond(ctx, way, found)) return `${resource}.${action}`;
      }
    }
  }
  return undefined;
}

/** Whether a scope asks for a kind, be it among others. */
const reachesBy = (scope: Scope, kind: Kind): boolean => termsOf(scope).some((term) => term.includes(kind));

/**
 * The first right of scope `team`, or of another of these kinds, as `resource.action`, that would reach records of one
 * of these people although the caller's own does not: the caller needs it for all records, or for those of the same
 * people. Undefined when there is none.
 */
export async function reachBeyond(
  ctx: Context,
  rights: Rights,
  reached: readonly string[] | (() => Promise<readonly string[]>),
  by: readonly Kind[] = ['team'],
): Promise<string | undefined> {
  const narrow = rightNames()
    .filter(isOwned)
    .flatMap((resource) =>
      actions.flatMap((action) => {
        const held = scopeOf(ctx.actor.rights, resource, action);
        return by.some((kind) => reachesBy(scopeOf(rights, resource, action), kind)) && held !== 'all'
          ? [{ held, right: `${resource}.${action}` }]
          : [];
      }),
    );
  if (narrow.length === 0) return undefined;
  const people = typeof reached === 'function' ? await reached() : reached;
  const mates = new Set(await findOwnTeamMates(ctx));
  const reaches = (held: Scope, person: string) =>
    termsOf(held).some(
      ([kind, ...more]) =>
        more.length === 0 && (kind === 'team' ? mates.has(person) : kind === 'own' && person === ctx.actor.user_id),
    );
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
  await refuseReachBeyond(ctx, role.rights, {
    mates: () => findTeamMatesOf(ctx, user_id),
    people: async () => [user_id],
  });
}

/** A role that people have already may not be given more than the caller has, nor reach more through their teams. */
export async function refuseRoleChangeBeyond(ctx: Context, role_id: string, rights: Rights): Promise<void> {
  await lockGrants(ctx);
  refuseGrantBeyond(ctx, rights, 'This role');
  await refuseReachBeyond(ctx, rights, {
    mates: () => findTeamMatesOfRole(ctx, role_id),
    people: () => findHolders(ctx, role_id),
  });
}

/**
 * Nobody changes a user who may more than they: with a new e-mail address and a lost password, for example, one would
 * take over that account and its rights.
 */
export async function refuseAbove(ctx: Context, user_id: string): Promise<void> {
  await refuseRightsAbove(ctx, user_id, mergeRights(await findRightsOf(ctx, user_id)));
}

async function refuseRightsAbove(ctx: Context, user_id: string, theirs: Rights): Promise<void> {
  const beyond = rightBeyond(ctx.actor.rights, theirs) ?? fieldBeyond(ctx.actor.rights, theirs);
  if (beyond) throw problems.forbidden(`This user has rights that you do not have (${beyond}). Ask an administrator.`);
  if (user_id !== ctx.actor.user_id)
    await refuseReachBeyond(ctx, theirs, { mates: () => findTeamMatesOf(ctx, user_id), people: async () => [user_id] });
}

/**
 * Refuses what would let the caller sign in as this user: the caller would have the user's own records, so the same
 * scope `own` is not enough.
 */
export async function refuseTakeover(ctx: Context, user_id: string): Promise<void> {
  const theirs = mergeRights(await findRightsOf(ctx, user_id));
  await refuseRightsAbove(ctx, user_id, theirs);
  await refuseOperator(ctx, user_id);
  if (user_id === ctx.actor.user_id) return;
  const beyond = await reachBeyond(ctx, theirs, [user_id], ['own', 'team']);
  if (beyond)
    throw problems.forbidden(
      `With this account one reaches records that you do not reach (${beyond}). Ask an administrator.`,
    );
}

/**
 * Refuses what would let the caller sign in as an operator of the installation, or end their access, unless the caller
 * is one. Rights say nothing of that: whoever administers the workspace that an operator has an account in has all of
 * them.
 */
export async function refuseOperator(ctx: Context, user_id: string): Promise<void> {
  if (await isOperatorBeyond(ctx, user_id))
    throw new Problem(
      403,
      'operator_account',
      'You may not do this',
      'This user is an operator of the installation, so only operators, signed in, change how they sign in or end their access. Ask one of them, or whoever runs the server: holdfast operator revoke.',
    );
}

/**
 * What is left at this moment of the rights somebody had when work was begun in their name; none for whoever was shut
 * out.
 */
export async function remainingRights(ctx: Context, user_id: string, begunWith: Rights): Promise<Rights> {
  const found = await findRightsOfActive(ctx, user_id);
  return found ? intersectRights(begunWith, personRights(found.kind, found.rights)) : {};
}

/** Who began work that goes on behind the request: a person, an API key of theirs, or one that is nobody's. */
export interface Beginner {
  user_id: string | null;
  key_id: string | null;
}

/**
 * The same of whoever began it. A key that is gone or has expired by now leaves nothing, and the others no more than
 * they may now.
 */
export async function rightsLeft(ctx: Context, { user_id, key_id }: Beginner, begunWith: Rights): Promise<Rights> {
  const limits = key_id === null ? [] : await findKeyLimits(ctx, key_id);
  if (key_id !== null && limits.length === 0) return {};
  const held = limits.reduce(intersectRights, begunWith);
  return user_id === null ? held : remainingRights(ctx, user_id, held);
}

/**
 * For what opens every account of a workspace. Whoever has all rights is an administrator, whatever the role is called;
 * a key of one, too.
 */
export function refuseUnlessAdministrator(ctx: Context): void {
  const missing = rightBeyond(ctx.actor.rights, administratorRights());
  if (missing)
    throw problems.forbidden(
      `Only administrators, who have all rights, do this (you lack ${missing}). Ask one of them.`,
    );
}

/**
 * To be called before an administrator goes, is disabled or loses the role. Of two at the same time the second waits
 * and hears no.
 */
export async function keepAnAdministrator(ctx: Context, user_id: string): Promise<void> {
  await lockAdministrators(ctx, user_id);
  if (await isLastAdministrator(ctx, user_id))
    throw new Problem(
      409,
      'last_administrator',
      'A workspace needs an administrator',
      'This is the only active administrator. Make somebody else one first.',
    );
}
