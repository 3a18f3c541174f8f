import {
  type AccountKind,
  actions,
  degrees,
  mergeRights,
  outsideRights,
  type ResourceName,
  type Rights,
  rightNames,
  scopeOf,
} from '../access/rights.ts';
import { covers, intersection } from '../access/scope.ts';
import type { Resource } from '../contract/resource.ts';
import type { Actor } from '../tenancy/context.ts';

const verbs = [...actions, ...degrees];
const isDegree = new Set<string>(degrees);

/** What both allow: a key never has more rights than its role, its scopes and its person all have. */
export function intersectRights(a: Rights, b: Rights): Rights {
  const both: Rights = {};
  for (const resource of rightNames()) {
    for (const action of verbs) {
      // Where neither grants a degree, both see everything or nothing of a row.
      if (isDegree.has(action) && !a[resource]?.[action] && !b[resource]?.[action]) continue;
      const narrower = intersection(scopeOf(a, resource, action), scopeOf(b, resource, action));
      if (narrower !== 'none') both[resource] = { ...both[resource], [action]: narrower };
    }
  }
  const limits = { ...a.fields, ...b.fields };
  for (const field of Object.keys(a.fields ?? {})) if (a.fields?.[field] === 'none') limits[field] = 'none';
  if (Object.keys(limits).length > 0) both.fields = limits;
  if (a.outside || b.outside) both.outside = true;
  return both;
}

/**
 * The rights of a person with these roles; for a customer, a contractor or a device, limited to what their kind may
 * have.
 */
export function personRights(kind: AccountKind, roles: Rights[]): Rights {
  const rights = mergeRights(roles);
  return kind === 'member' ? rights : intersectRights(rights, outsideRights());
}

/** The first right in `wanted` that `held` does not cover, as `resource.action`; undefined when all are covered. */
export function rightBeyond(held: Rights, wanted: Rights): string | undefined {
  if (wanted['*'] && !held['*']) return '*';
  for (const resource of rightNames()) {
    for (const action of verbs) {
      if (!covers(scopeOf(held, resource, action), scopeOf(wanted, resource, action))) return `${resource}.${action}`;
    }
  }
  return undefined;
}

/** The first custom field of which `wanted` allows more than `held`. */
export function fieldBeyond(held: Rights, wanted: Rights): string | undefined {
  return Object.entries(held.fields ?? {}).find(([field, limit]) => {
    const theirs = wanted.fields?.[field];
    return theirs === undefined || (limit === 'none' && theirs === 'read');
  })?.[0];
}

/** What was made of records: with which rights, and by whom. */
interface Made {
  rights: Rights;
  created_by: string | null;
}

/**
 * Whether somebody reads fewer records under a right than were read when something was made of them. Nobody knows any
 * more whose records these were, so of what others made only `all` is enough.
 */
export function readsFewer({ rights, user_id }: Actor, made: Made, right: ResourceName): boolean {
  const read = scopeOf(rights, right, 'read');
  const isOwn = made.created_by !== null && made.created_by === user_id;
  return isOwn ? !covers(read, scopeOf(made.rights, right, 'read')) : read !== 'all';
}

/**
 * Whether somebody sees less of a record type, fields or records, than was seen when something was made of its records.
 */
export function seesLess(actor: Actor, made: Made, { name, right }: Pick<Resource, 'name' | 'right'>): boolean {
  if (readsFewer(actor, made, right)) return true;
  return Object.entries(actor.rights.fields ?? {}).some(
    ([field, limit]) => limit === 'none' && field.startsWith(`${name}.`) && made.rights.fields?.[field] !== 'none',
  );
}
