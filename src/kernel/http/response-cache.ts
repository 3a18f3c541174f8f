import { nextReachChange, waysOf } from '../access/reach.ts';
import { rightsText } from '../access/rights.ts';
import { memberships } from '../access/table-rule.ts';
import type { Cache } from '../cache/cache.ts';
import type { Database } from '../database/database.ts';
import type { ChangeHub } from '../realtime/hub.ts';
import { type Actor, withContext } from '../tenancy/context.ts';
import type { RenderedResponse } from './idempotency.ts';
import type { Route } from './route.ts';

const ttl_seconds = 60;

/** Who the caller is and what they may see: a change of these can change any response. */
const common = ['tenant', 'user', 'role', 'user_role', 'team', 'team_member'];

/**
 * Caches responses that pages request often and that seldom change: the vocabulary of a workspace, and the session.
 * Each belongs to one caller as the request was authenticated, and is invalidated when something it is made of changes:
 * at once after changes through this process, and by the feed after changes of other processes and jobs.
 */
export class ResponseCache {
  private readonly cache: Cache;
  private readonly hub: ChangeHub;
  /** The tags of all cached responses: resources of the audit trail. */
  private readonly sources: ReadonlySet<string>;

  private readonly db: Database;

  constructor(db: Database, cache: Cache, hub: ChangeHub, routes: readonly Route[]) {
    this.db = db;
    this.cache = cache;
    this.hub = hub;
    this.sources = new Set([...common, ...memberships(), ...routes.flatMap(({ cacheTags }) => cacheTags ?? [])]);
    hub.listen((events) => {
      const tags = events.flatMap(({ tenant_id, resource }) =>
        this.sources.has(resource) ? tagOf(tenant_id, resource) : [],
      );
      if (tags.length > 0) void cache.invalidateTag(...new Set(tags));
    });
  }

  /**
   * A membership that ends by itself is no change that anybody tells: from that moment on the response is not taken
   * from the cache.
   */
  async answer(
    sources: readonly string[],
    actor: Actor,
    url: string,
    load: () => Promise<RenderedResponse>,
  ): Promise<RenderedResponse> {
    const { tenant_id, credential_id, rights, second_factor_missing = false } = actor;
    const depends = [...common, ...memberships(), ...sources];
    const tags = [tagOf(tenant_id, 'any'), ...depends.map((source) => tagOf(tenant_id, source))];
    const key = `answer:${this.hub.history}:${tenant_id}:${credential_id}:${second_factor_missing}:${rightsText(rights)}:${url}`;
    const kept = await this.cache.getOrLoad<Kept>(key, { ttlSeconds: ttl_seconds, tags }, async () => {
      const until = await this.holdsUntil(actor);
      return { response: await load(), until };
    });
    return kept.until === null || Date.now() < kept.until ? kept.response : load();
  }

  /**
   * Until when, by the clock of this process, what the caller reaches stays as it is; null: as far as is known for
   * good.
   */
  private async holdsUntil(actor: Actor): Promise<number | null> {
    if (waysOf(actor.rights).length === 0) return null;
    const in_ms = await withContext(this.db, actor, nextReachChange, { mode: 'read' });
    return in_ms === null ? null : Date.now() + in_ms;
  }

  /** Invalidates after a change, unless no cached response depends on the record. */
  async changed({ access }: Route, { tenant_id }: Actor): Promise<void> {
    if (typeof access === 'object' && !this.sources.has(access.resource)) return;
    await this.cache.invalidateTag(tagOf(tenant_id, 'any'));
  }
}

interface Kept {
  response: RenderedResponse;
  until: number | null;
}

const tagOf = (tenant_id: string, source: string) => `answer:${tenant_id}:${source}`;
