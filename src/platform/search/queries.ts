import { LRUCache } from 'lru-cache';
import { administratorRights, type Rights, rightsText } from '../../kernel/access/rights.ts';
import { sql } from '../../kernel/database/database.ts';
import { rightsOf } from '../../kernel/features/registry.ts';
import type { Fact, RecordType } from '../../kernel/record-type/record-type.ts';
import { mayHaveSealed, openNamed } from '../../kernel/resource/personal.ts';
import type { Names } from '../../kernel/resource/sealed-names/prepared.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { SearchHit, WrittenHit } from './contract.ts';
import { excerptOf } from './excerpt.ts';
import { type RankedHit, withNamed } from './named.ts';
import { searchNumbers } from './numbers.ts';

/**
 * Best hits first. The function forces tenant and rights itself; db/routines/search.sql says why. `names`: where names
 * are sealed, those in memory.
 */
export async function search(
  ctx: Context,
  types: readonly RecordType[],
  q: string,
  limit: number,
  names: Names = new Map(),
): Promise<SearchHit[]> {
  const off = rightsOff(ctx);
  // Restored even before the answer is there: what follows is asked with all rights, because texts name records of
  // products that are off.
  if (off.length > 0) ctx.tx.post(setRights(without(ctx.actor.rights, off)));
  const found = ctx.tx.many<RankedHit>(
    sql`select * from app.search_hits(${q}, ${limit}, ${mostlyOwnTables(ctx)}::text[])`,
  );
  if (off.length > 0) ctx.tx.post(setRights(ctx.actor.rights));
  const shown = types.filter(({ resource }) => !off.includes(resource.right));
  const [numbers, texts] = await Promise.all([searchNumbers(ctx, shown, q, limit), found]);
  const named = shown.filter(({ resource }) => typeof names.get(resource) === 'object');
  const others = named.length === 0 ? texts : await withNamed(ctx, named, { q, limit, names, found: texts });
  const hits = [...numbers, ...others.filter(({ id }) => !numbers.some((hit) => hit.id === id))].slice(0, limit);
  const facts = await factsOf(ctx, types, hits);
  return hits.map(({ resource, id, name, detail, misspelt }) => ({
    resource,
    id,
    name,
    detail,
    misspelt,
    facts: facts.get(id) ?? [],
  }));
}

const remembered_max = 10_000;
const remembered_ms = 10 * 60_000;
/** How exactly: to the millisecond, the cache would start a timer for nearly each request. */
const clock_ms = 1_000;
const mostlyOwn = new LRUCache<string, readonly string[]>({
  max: remembered_max,
  ttl: remembered_ms,
  ttlResolution: clock_ms,
});

/** What is known of app.mostly_own_tables; where nothing is, it is asked beside this search for those that follow. */
function mostlyOwnTables({ tx, tenant_id }: Context): readonly string[] {
  const known = mostlyOwn.get(tenant_id);
  if (known) return known;
  tx.one<{ tables: string[] }>(sql`select app.mostly_own_tables() as tables`).then(
    ({ tables }) => mostlyOwn.set(tenant_id, tables),
    () => {}, // The search fails with it, and its caller hears of that.
  );
  return [];
}

const rightsOff = ({ actor }: Context): string[] => rightsOf(actor.features_off ?? []);

const setRights = (rights: Rights) => sql`select set_config('app.rights', ${rightsText(rights)}, true)`;

function without(rights: Rights, names: readonly string[]): Rights {
  const all = rights['*'] ? administratorRights() : rights;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

async function factsOf(
  ctx: Context,
  types: readonly RecordType[],
  hits: readonly Pick<SearchHit, 'resource' | 'id'>[],
): Promise<Map<string, Fact[]>> {
  const facts = new Map<string, Fact[]>();
  for (const { resource, search } of types) {
    const ids = hits.flatMap((hit) => (hit.resource === resource.name ? hit.id : []));
    if (!search?.factsOf || ids.length === 0) continue;
    for (const [id, some] of await search.factsOf(ctx, ids)) facts.set(id, some);
  }
  return facts;
}

/** Whether there may be texts that no search finds, because they are sealed. */
export const hasSealedBodies = (ctx: Context, types: readonly RecordType[]): Promise<boolean> | false =>
  types.some(({ resource, texts }) => texts && resource.meta.get(texts.body)?.sealable) && mayHaveSealed(ctx);

interface WrittenRow extends Pick<WrittenHit, 'resource' | 'id' | 'title' | 'at'> {
  body: string | null;
  subject_resource: string | null;
  subject_id: string;
  subject_name: string;
}

/** The newest texts with words that begin as those of the search; db/routines/search-texts.sql. */
export async function searchWritten(
  ctx: Context,
  types: readonly RecordType[],
  q: string,
  limit: number,
): Promise<WrittenHit[]> {
  const off = rightsOff(ctx);
  const hidden = types.flatMap(({ resource, texts }) => (texts && off.includes(resource.right) ? resource.name : []));
  const rows = await ctx.tx.many<WrittenRow>(sql`select * from app.search_texts(${q}, ${limit}, ${hidden}::text[])`);
  await openWritten(ctx, types, rows);
  return rows.map(({ resource, id, title, at, body, subject_resource, subject_id, subject_name }) => ({
    resource,
    id,
    title,
    excerpt: excerptOf(body ?? '', q),
    at,
    subject: subject_resource === null ? null : { resource: subject_resource, id: subject_id, name: subject_name },
  }));
}

/** Of a text that somebody changed while its workspace began to seal, a part may be sealed and the other be found. */
const openWritten = (ctx: Context, types: readonly RecordType[], rows: readonly WrittenRow[]): Promise<void> =>
  openNamed(
    ctx,
    rows.flatMap((of) => {
      const { resource, texts } = types.find((type) => type.resource.name === of.resource)!;
      const { title, body } = texts!;
      return { of, resource, id: of.id, names: { ...(title && { [title]: 'title' }), [body]: 'body' } };
    }),
  );
