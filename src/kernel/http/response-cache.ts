import { rightsText } from '../access/rights.ts';
import type { Cache } from '../cache/cache.ts';
import type { ChangeHub } from '../realtime/hub.ts';
import type { Actor } from '../tenancy/context.ts';
import type { KeptAnswer } from './idempotency.ts';
import type { Route } from './route.ts';

const ttl_seconds = 60;

/** Who somebody is and what they may see: changes of these can change any answer. */
const common = ['tenant', 'user', 'role', 'user_role', 'team', 'team_member'];

/**
 * Answers that pages ask for over and over and that seldom change: the vocabulary of a workspace, and who one is. Each is one caller's own,
 * and forgotten when something it is made of changes: at once for changes made through this process, by the outbox for those of others,
 * in jobs too.
 */
export class ResponseCache {
  private readonly cache: Cache;
  /** What the kept answers are made of, by the names of the audit. */
  private readonly sources: ReadonlySet<string>;

  constructor(cache: Cache, hub: ChangeHub, routes: readonly Route[]) {
    this.cache = cache;
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
    { tenant_id, credential_id, rights }: Actor,
    url: string,
    load: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer> {
    const tags = [tagOf(tenant_id, 'any'), ...[...common, ...sources].map((source) => tagOf(tenant_id, source))];
    const key = `answer:${tenant_id}:${credential_id}:${rightsText(rights)}:${url}`;
    return this.cache.getOrLoad(key, { ttlSeconds: ttl_seconds, tags }, load);
  }

  /** After a change, unless it is of records that no kept answer is made of. */
  async changed({ access }: Route, { tenant_id }: Actor): Promise<void> {
    if (typeof access === 'object' && !this.sources.has(access.resource)) return;
    await this.cache.invalidateTag(tagOf(tenant_id, 'any'));
  }
}

const tagOf = (tenant_id: string, source: string) => `answer:${tenant_id}:${source}`;
