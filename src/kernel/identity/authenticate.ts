import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { mergeRights, type Rights } from '../access/rights.ts';
import type { Cache } from '../cache/cache.ts';
import type { Database } from '../database/database.ts';
import { session_cookie } from '../http/security.ts';
import type { Authenticate } from '../http/server.ts';
import type { Actor } from '../tenancy/context.ts';
import { parseApiKey } from '../vault/api-key.ts';
import { hashToken } from '../vault/tokens.ts';
import { intersectRights } from './grants.ts';
import { findApiKey, findSession } from './session/queries.ts';

/**
 * How long an answer about a credential counts, from the moment it was asked of PostgreSQL. It is the bound of every revocation,
 * disabled user or changed role on every node, and it rests on nothing but time: nothing has to reach a node for a revocation to
 * hold there. A node that Redis cannot reach asks PostgreSQL again after this time like all others, and what it left in Redis is
 * no longer taken by any node then, whether or not it could be deleted.
 */
const trusted_ms_max = 400;
/** The shared cache counts whole seconds; `at` says more exactly, as far as the nodes' clocks agree (NTP keeps them within 0.1 s). */
const shared_seconds = 1;
const credentials_max = 20_000;

/** What PostgreSQL said of a credential, and when it was asked. */
interface Known {
  at: number;
  actor: Actor | null;
}

interface Credential {
  key: string;
  find: () => Promise<Actor | null>;
}

export interface Authenticator {
  /** Answers who sends a request: by its session cookie or API key; null when neither is good. */
  authenticate: Authenticate;
  /** The same, asked of PostgreSQL at this moment: for whoever just learned that something changed. */
  authenticateNow: Authenticate;
  /** To be called after the commit that changed what people of a workspace may: no older answer counts here from then on. */
  rightsChanged(tenant_id: string): void;
  /** To be called after the commit that ended sessions or keys: holds here at once, elsewhere by the time above. */
  forget(tokenHashes: readonly Buffer[]): Promise<void>;
}

export function createAuthenticator({ db, cache }: { db: Database; cache: Cache }): Authenticator {
  const local = new LRUCache<string, { at: number; known: Promise<Known> }>({ max: credentials_max });
  /** When rights were last known to change, by workspace. */
  const changes = new LRUCache<string, number>({ max: credentials_max });
  const isCurrent = ({ at, actor }: Known) => isFresh(at) && (!actor || at > (changes.get(actor.tenant_id) ?? 0));

  function credentialOf(request: FastifyRequest): Credential | undefined {
    const { authorization } = request.headers;
    // Whoever sends this header means it: a bad key never falls back to a cookie, whose requests are checked for their origin.
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
    const shared = await cache.get<Known>(key);
    if (shared && isCurrent(shared)) return shared;
    const at = Date.now();
    const known = { at, actor: await find() };
    // Nobody waits for the shared copy. Unknown credentials are not shared: anyone can make up any number of them.
    if (known.actor && isFresh(at)) void cache.set(key, known, { ttlSeconds: shared_seconds });
    return known;
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
      const fresh = { at: Date.now(), known: lookUp(credential) };
      local.set(credential.key, fresh);
      try {
        const known = await fresh.known;
        // What another node asked is as old as that node says.
        fresh.at = Math.min(fresh.at, known.at);
        return known.actor;
      } catch (error) {
        if (local.get(credential.key) === fresh) local.delete(credential.key);
        throw error;
      }
    },

    rightsChanged: (tenant_id) => void changes.set(tenant_id, Date.now()),

    authenticateNow: async (request) => (await credentialOf(request)?.find()) ?? null,

    async forget(tokenHashes) {
      const keys = tokenHashes.map(keyOf);
      for (const key of keys) local.delete(key);
      if (keys.length > 0) await cache.delete(...keys);
    },
  };
}

const keyOf = (hash: Buffer) => `credential:${hash.toString('base64url')}`;

/** Also false for what seems to come from the future: then the clocks disagree and `at` says nothing. */
const isFresh = (at: number) => Math.abs(Date.now() - at) < trusted_ms_max;

async function sessionActor(db: Database, hash: Buffer): Promise<Actor | null> {
  const found = await findSession(db, hash);
  if (!found) return null;
  const { tenant_id, user_id, id, rights, second_factor_missing } = found;
  const actor: Actor = { kind: 'user', tenant_id, user_id, credential_id: id, rights: mergeRights(rights) };
  return second_factor_missing ? { ...actor, second_factor_missing } : actor;
}

/** A key may what its role allows, no more than its scopes, and never more than its person and the keys above it may at this moment. */
async function apiKeyActor(db: Database, hash: Buffer): Promise<Actor | null> {
  const found = await findApiKey(db, hash);
  if (!found) return null;
  const { tenant_id, user_id, id, role_rights, scopes, person_rights, limits: above } = found;
  const limits: Rights[] = [];
  if (scopes) limits.push(scopes);
  if (person_rights) limits.push(mergeRights(person_rights));
  for (const key of above ?? []) limits.push(key.role_rights, ...(key.scopes ? [key.scopes] : []));
  const rights = limits.reduce(intersectRights, role_rights);
  return { kind: 'api_key', tenant_id, user_id, credential_id: id, rights };
}
