import { rightsText } from '../access/rights.ts';
import type { Cache } from '../cache/cache.ts';
import type { ChangeHub } from '../realtime/hub.ts';
import type { Actor } from '../tenancy/context.ts';
import type { RenderedResponse } from './idempotency.ts';
import type { Route } from './route.ts';

const ttl_seconds = 60;

/** Who the caller is and what they may see: a change of these can change any response. */
const common = ['tenant', 'user', 'role', 'user_role', 'team', 'team_member'];

/**
 * Caches responses that pages request often and that seldom change: the vocabulary of a workspace, and the session. Each belongs to one caller as the
 * request was authenticated, and is invalidated when something it is made of changes: at once after changes through this process, and by the feed after changes of other processes
 * and jobs.
 */
export class ResponseCache {
  private readonly cache: Cache;
  private readonly hub: ChangeHub;
  /** The tags of all cached responses: resources of the audit trail. */
  private readonly sources: ReadonlySet<string>;

  constructor(cache: Cache, hub: ChangeHub, routes: readonly Route[]) {
    this.cache = cache;
    this.hub = hub;
    this.sources = new Set([...common, ...routes.flatMap(({ cacheTags }) => cacheTags ?? [])]);
    hub.listen((events) => {
      const tags = events.flatMap(({ tenant_id, resource }) =>
        this.sources.has(resource) ? tagOf(tenant_id, resource) : [],
      );
      if (tags.length > 0) void cache.invalidateTag(...new Set(tags));
    });
  }

  answer(
    sources: readonly string[],
    { tenant_id, credential_id, rights, second_factor_missing = false }: Actor,
    url: string,
    load: () => Promise<RenderedResponse>,
  ): Promise<RenderedResponse> {
    const tags = [tagOf(tenant_id, 'any'), ...[...common, ...sources].map((source) => tagOf(tenant_id, source))];
    const key = `answer:${this.hub.history}:${tenant_id}:${credential_id}:${second_factor_missing}:${rightsText(rights)}:${url}`;
    return this.cache.getOrLoad(key, { ttlSeconds: ttl_seconds, tags }, load);
  }

  /** Invalidates after a change, unless no cached response depends on the record. */
  async changed({ access }: Route, { tenant_id }: Actor): Promise<void> {
    if (typeof access === 'object' && !this.sources.has(access.resource)) return;
    await this.cache.invalidateTag(tagOf(tenant_id, 'any'));
  }
}

const tagOf = (tenant_id: string, source: string) => `answer:${tenant_id}:${source}`;
