import { actions, type Rights, resources, scopeOf, scopes } from '../access/rights.ts';

/** What both allow: a key never does more than its role, its scopes and its person together. */
export function intersectRights(a: Rights, b: Rights): Rights {
  const both: Rights = {};
  for (const resource of resources) {
    for (const action of actions) {
      const narrower = scopes[Math.min(rank(a, resource, action), rank(b, resource, action))]!;
      if (narrower !== 'none') both[resource] = { ...both[resource], [action]: narrower };
    }
  }
  const limits = { ...a.fields, ...b.fields };
  for (const field of Object.keys(a.fields ?? {})) if (a.fields?.[field] === 'none') limits[field] = 'none';
  if (Object.keys(limits).length > 0) both.fields = limits;
  return both;
}

/** The first right in `wanted` that `held` does not cover, as `resource.action`; undefined when all are covered. */
export function rightBeyond(held: Rights, wanted: Rights): string | undefined {
  if (wanted['*'] && !held['*']) return '*';
  for (const resource of resources) {
    for (const action of actions) {
      if (rank(wanted, resource, action) > rank(held, resource, action)) return `${resource}.${action}`;
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

const rank = (rights: Rights, ...right: [Parameters<typeof scopeOf>[1], Parameters<typeof scopeOf>[2]]): number =>
  scopes.indexOf(scopeOf(rights, ...right));
