import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { reachedIds } from '../../kernel/resource/list.ts';
import { sourceSql } from '../../kernel/resource/row.ts';
import { compareNames } from '../../kernel/resource/sealed-names/comparing.ts';
import { type NameIndex, searchedText } from '../../kernel/resource/sealed-names/name-index.ts';
import { NameQuery } from '../../kernel/resource/sealed-names/name-query.ts';
import { maySealNames, type Names } from '../../kernel/resource/sealed-names/prepared.ts';
import { nameColumns, namesIn, readByIds } from '../../kernel/resource/sealed-names/reading.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { NamesSealed, SearchHit } from './contract.ts';

/** A hit, and how well it matches (`app.search_hits`). */
export interface RankedHit extends Omit<SearchHit, 'facts'> {
  tier: number | null;
}

interface Asked {
  q: string;
  limit: number;
  names: Names;
}

/** How many of the records that memory proposes are read at first, beside as many as are wanted, and then each time. */
const read_at_first = 10;
const read_next = 500;

/** What the database found and what memory does, ranked together as the database does by itself. */
export async function withNamed(
  ctx: Context,
  types: readonly RecordType[],
  { q, limit, names, found }: Asked & { found: readonly RankedHit[] },
): Promise<RankedHit[]> {
  const query = new NameQuery(q);
  const searches = await Promise.all(
    types.map(async (type) => ({
      type,
      index: names.get(type.resource) as NameIndex,
      among: await reachedIds(ctx, type.resource),
    })),
  );
  const matching: RankedHit[] = [];
  for (const { type, index, among } of searches)
    matching.push(
      ...(await readMatching(ctx, type, limit, {
        ids: index.find(query, among).map(({ id }) => id),
        tierOf: (text) => query.tierOf(text),
      })),
    );
  const exact = [...found.filter(({ misspelt }) => !misspelt), ...matching];
  if (exact.length > 0) return ranked(exact, new Set(types.map(({ resource }) => resource.name)), limit);
  const nearly: RankedHit[] = [];
  for (const { type, index, among } of searches)
    nearly.push(
      ...(await readMatching(ctx, type, limit, {
        ids: await index.findMisspelt(query, among),
        tierOf: (text) => (query.likenessOf(text) === undefined ? undefined : null),
      })),
    );
  return inTurns([...found, ...nearly], limit);
}

interface Proposed {
  ids: readonly string[];
  /** Undefined where a text does not match after all; null for one that nearly does. */
  tierOf: (text: string) => number | null | undefined;
}

/** Reads what memory proposes under the caller's rights, the best first, and looks again whether it matches. */
async function readMatching(
  ctx: Context,
  { resource, search }: RecordType,
  limit: number,
  { ids, tierOf }: Proposed,
): Promise<RankedHit[]> {
  const hits: RankedHit[] = [];
  for (let at = 0, size = limit + read_at_first; at < ids.length && hits.length < limit; at += size, size = read_next) {
    const rows = await readProposed(ctx, resource, search?.detail, ids.slice(at, at + size));
    hits.push(
      ...rows.flatMap(({ text, ...row }) => {
        const tier = tierOf(text);
        return tier === undefined ? [] : { ...row, resource: resource.name, misspelt: tier === null, tier };
      }),
    );
  }
  return hits.slice(0, limit);
}

interface Proposal {
  id: string;
  name: string;
  detail: string | null;
  text: string;
}

/** Those of these records that the caller reads, in their order. */
async function readProposed(
  ctx: Context,
  resource: Resource,
  detail: string | undefined,
  ids: readonly string[],
): Promise<Proposal[]> {
  const rows = await readByIds<Record<string, string | null>>(
    ctx,
    {
      columns: detail === undefined ? nameColumns(resource) : sql`${nameColumns(resource)}, ${sql.ref(`r.${detail}`)}`,
      from: sourceSql(resource),
      matching: sql`r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null`,
    },
    ids,
  );
  return (await namesIn(ctx, resource, rows)).map((record, at) => ({
    id: record.id,
    name: record.name,
    detail: (detail && rows[at]![detail]) || null,
    text: searchedText(record),
  }));
}

/** By tier, the record types of one tier taking turns; those with sealed names in their order. */
function ranked(hits: readonly RankedHit[], named: ReadonlySet<string>, limit: number): RankedHit[] {
  const best = new Map<string, RankedHit>();
  for (const hit of hits.toSorted(byTier)) if (!best.has(hit.id)) best.set(hit.id, hit);
  const turns = [...Map.groupBy(best.values(), ({ resource, tier }) => `${tier} ${resource}`).values()].flatMap(
    (group) =>
      (named.has(group[0]!.resource) ? group.toSorted(compareNames) : group).map((hit, turn) => ({ hit, turn })),
  );
  return turns
    .sort((a, b) => byTier(a.hit, b.hit) || a.turn - b.turn || byResource(a.hit, b.hit))
    .slice(0, limit)
    .map(({ hit }) => hit);
}

/** Those that nearly match, each record type's the most alike first. */
function inTurns(hits: readonly RankedHit[], limit: number): RankedHit[] {
  const turns = [...Map.groupBy(hits, ({ resource }) => resource).values()].flatMap((group) =>
    [...new Map(group.map((hit) => [hit.id, hit])).values()].map((hit, turn) => ({ hit, turn })),
  );
  return turns
    .sort((a, b) => a.turn - b.turn || byResource(a.hit, b.hit))
    .slice(0, limit)
    .map(({ hit }) => hit);
}

const byTier = (a: RankedHit, b: RankedHit): number => (a.tier ?? 0) - (b.tier ?? 0);
const byResource = (a: RankedHit, b: RankedHit): number =>
  a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0;

/** Whether sealed names were searched, where there are any. */
export async function hasSealedNames(ctx: Context, names: Names, q: string): Promise<NamesSealed | undefined> {
  if (!(await maySealNames(ctx))) return undefined;
  const [index = 'reading'] = names.values();
  if (index === 'reading') return 'being_read';
  if (index === 'too_many') return index;
  return new NameQuery(q).isShort ? 'too_short' : 'searched';
}
