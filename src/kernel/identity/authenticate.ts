import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { outsideRights, type Rights } from '../access/rights.ts';
import type { Cache } from '../cache/cache.ts';
import type { Database } from '../database/database.ts';
import type { Authenticate } from '../http/current-rights.ts';
import { session_cookie } from '../http/security.ts';
import type { Actor } from '../tenancy/context.ts';
import { parseApiKey } from '../vault/api-key.ts';
import { hashToken } from '../vault/tokens.ts';
import { fieldBeyond, intersectRights, personRights, rightBeyond } from './grants.ts';
import { findApiKey, findSession } from './session/queries.ts';

/**
 * How long the result of a look-up of a credential is valid, from the moment PostgreSQL was asked. This bounds every
 * revocation, disabled user or changed role on every node, and depends on time alone: no message has to reach a node
 * for a revocation to take effect there. A node that cannot reach Redis asks PostgreSQL again after this time like all
 * others, and no node uses what it left in Redis by then, whether or not it could be deleted.
 */
const trusted_ms_max = 400;
/**
 * The shared cache counts whole seconds; `asked_at` is more exact, as far as the clocks of the nodes agree (NTP keeps
 * them within 0.1 s).
 */
const shared_seconds = 1;
const credentials_max = 20_000;

/** The result of a look-up in PostgreSQL, and when it was made, by `performance.now()`: nobody sets that clock back. */
interface Known {
  at: number;
  actor: Actor | null;
}

/** The same for other nodes, by the clock that all have. */
interface Shared {
  asked_at: number;
  actor: Actor;
}

interface Credential {
  key: string;
  find: () => Promise<Actor | null>;
}

export interface Authenticator {
  /** Returns the sender of a request, by its session cookie or API key; null when neither is valid. */
  authenticate: Authenticate;
  /** The same, always looked up in PostgreSQL: for callers who have just learned that something changed. */
  authenticateNow: Authenticate;
  /** To be called after a commit that changed rights in a workspace: older results are no longer valid here. */
  rightsChanged(tenant_id: string): void;
  /**
   * To be called after a commit that ended sessions or keys: takes effect here at once, elsewhere after
   * `trusted_ms_max`.
   */
  forget(tokenHashes: readonly Buffer[]): Promise<void>;
}

export function createAuthenticator({ db, cache }: { db: Database; cache: Cache }): Authenticator {
  const local = new LRUCache<string, { at: number; known: Promise<Known> }>({ max: credentials_max });
  /** When rights were last known to change, by workspace. */
  const changes = new LRUCache<string, number>({ max: credentials_max });
  const isCurrent = ({ at, actor }: Known) => isFresh(at) && (!actor || at > (changes.get(actor.tenant_id) ?? 0));

  function credentialOf(request: FastifyRequest): Credential | undefined {
    const { authorization } = request.headers;
    // A request with this header uses it: an invalid key never falls back to a cookie, whose requests are checked for
    // their origin.
    if (authorization !== undefined) {
      const parts = parseApiKey(authorization.replace(/^Bearer +/i, ''));
      return parts && { key: keyOf(parts.hash), find: () => apiKeyActor(db, parts.hash) };
    }
    const token = request.cookies[session_cookie];
    if (!token) return undefined;
    const hash = hashToken(token);
    return { key: keyOf(hash), find: () => sessionActor(db, hash) };
  }

  async function lookUp({ key, find }: Credential): Promise<Known> {
    const shared = await cache.get<Shared>(key);
    if (shared) {
      const known = { at: performance.now() - (Date.now() - shared.asked_at), actor: shared.actor };
      if (isCurrent(known)) return known;
    }
    const [at, asked_at] = [performance.now(), Date.now()];
    const actor = await find();
    // Not awaited. Unknown credentials are not shared, because anyone can invent any number of them.
    if (actor && isFresh(at)) void cache.set(key, { asked_at, actor } satisfies Shared, { ttlSeconds: shared_seconds });
    return { at, actor };
  }

  return {
    async authenticate(request) {
      const credential = credentialOf(request);
      if (!credential) return null;
      const entry = local.get(credential.key);
      if (entry && isFresh(entry.at)) {
        const known = await entry.known;
        if (isCurrent(known)) return known.actor;
      }
      const fresh = { at: performance.now(), known: lookUp(credential) };
      local.set(credential.key, fresh);
      try {
        const known = await fresh.known;
        // The result of another node is as old as that node says.
        fresh.at = Math.min(fresh.at, known.at);
        return known.actor;
      } catch (error) {
        if (local.get(credential.key) === fresh) local.delete(credential.key);
        throw error;
      }
    },

    rightsChanged: (tenant_id) => void changes.set(tenant_id, performance.now()),

    authenticateNow: async (request) => (await credentialOf(request)?.find()) ?? null,

    async forget(tokenHashes) {
      const keys = tokenHashes.map(keyOf);
      for (const key of keys) local.delete(key);
      if (keys.length > 0) await cache.delete(...keys);
    },
  };
}

const keyOf = (hash: Buffer) => `credential:${hash.toString('base64url')}`;

/** Also false for a time in the future: then the clocks disagree and `at` means nothing. */
const isFresh = (at: number) => Math.abs(performance.now() - at) < trusted_ms_max;

async function sessionActor(db: Database, hash: Buffer): Promise<Actor | null> {
  const found = await findSession(db, hash);
  if (!found) return null;
  const { tenant_id, user_id, id, second_factor_missing, ends_at } = found;
  const rights = personRights(found.kind, found.rights);
  const actor: Actor = {
    kind: 'user',
    tenant_id,
    user_id,
    credential_id: id,
    rights,
    ends_at,
  };
  return second_factor_missing ? { ...actor, second_factor_missing } : actor;
}

/**
 * A key may do what its role allows, within its scopes, and within what its person and the keys above it may do now.
 */
async function apiKeyActor(db: Database, hash: Buffer): Promise<Actor | null> {
  const found = await findApiKey(db, hash);
  if (!found) return null;
  const { tenant_id, user_id, id, role_rights, scopes, person_rights, limits: above } = found;
  const limits: Rights[] = [];
  const person = person_rights && personRights(found.kind, person_rights);
  const isOutside = found.kind !== 'member' || above?.some(({ kind }) => kind !== 'member');
  if (scopes) limits.push(scopes);
  if (isOutside) limits.push(outsideRights());
  if (person) limits.push(person);
  for (const key of above ?? []) limits.push(key.role_rights, ...(key.scopes ? [key.scopes] : []));
  const rights = limits.reduce(intersectRights, role_rights);
  const narrowed = person !== null && (rightBeyond(rights, person) ?? fieldBeyond(rights, person)) !== undefined;
  return {
    kind: 'api_key',
    tenant_id,
    user_id,
    credential_id: id,
    rights,
    ends_at: found.ends_at,
    narrowed,
    via: { type: 'api_key', id },
  };
}
