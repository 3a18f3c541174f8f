import { createHash } from 'node:crypto';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import {
  isSealedText,
  openTexts,
  type PlacedText,
  sealableFields,
  sealTextsWith,
} from '../../kernel/resource/personal.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import type { DataKey } from '../../kernel/vault/envelope.ts';

/** History whose values are not those that its event committed to, as they stand. */
export interface Altered {
  tenant_id: string;
  resource: string;
  record_id: string;
  /** In hexadecimal digits. */
  salt: string;
  before: string | null;
  after: string | null;
  commitment: string | null;
}

/**
 * Whether values of history are those that were committed to, in another form: personal texts are sealed and opened
 * where they stand, and the commitment is of the form that they were written in. Without `db` nobody has the keys, and
 * values with such a text count as such.
 */
export async function hasOtherForm(db: Database | undefined, altered: Altered): Promise<boolean> {
  const { tenant_id, salt, before, after, commitment } = altered;
  if (commitment === null) return false;
  if (!db) return [before, after].some((values) => textsIn(altered, values).length > 0);
  return withContext(db, systemActor(tenant_id), async (ctx) => {
    const keys = await keysOf(ctx);
    const [of, to] = [await formsOf(ctx, altered, before, keys), await formsOf(ctx, altered, after, keys)];
    return of.some((one) => to.some((other) => commitmentOf(salt, one, other) === commitment));
  });
}

function textsIn({ resource: name, record_id }: Altered, values: string | null): PlacedText[] {
  const resource = resourceNamed(name);
  if (values === null || !resource) return [];
  const parsed = JSON.parse(values) as Record<string, unknown>;
  return sealableFields(resource).flatMap((column) => {
    const text = parsed[column];
    return typeof text === 'string' ? [{ text, table: resource.table, column, row: record_id }] : [];
  });
}

async function keysOf(ctx: Context): Promise<DataKey[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from data_key
    where tenant_id = ${ctx.tenant_id} and kind = 'data' and subject_id is null`);
  const keys = await dataKeys(ctx).byId(
    ctx,
    rows.map(({ id }) => id),
  );
  return [...keys].map(([id, key]) => ({ id, key }));
}

/** What `app.commitment` computes, of values as PostgreSQL writes them. */
function commitmentOf(salt: string, before: string | null, after: string | null): string {
  const values = `${before === null ? '' : `b${before}`}${after === null ? '' : `a${after}`}`;
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(values).digest('hex');
}

/** The values as they stand, with their personal texts open, and with these sealed by each of the keys. */
async function formsOf(
  ctx: Context,
  altered: Altered,
  values: string | null,
  keys: readonly DataKey[],
): Promise<(string | null)[]> {
  const texts = textsIn(altered, values);
  if (values === null || texts.length === 0) return [values];
  const closed = texts.filter(({ text }) => isSealedText(text));
  const opened = await openTexts(ctx, closed);
  const plain = texts.map((one) => {
    const at = closed.indexOf(one);
    return { ...one, text: at < 0 ? one.text : (opened[at]!.text ?? one.text) };
  });
  const inPlace = (fresh: readonly string[]) =>
    texts.reduce(
      (all, { column, text }, at) => all.replace(member(column, text), () => member(column, fresh[at]!)),
      values,
    );
  return [
    values,
    inPlace(plain.map(({ text }) => text)),
    ...keys.map((key) => inPlace(sealTextsWith(ctx, key, plain))),
  ];
}

/** As PostgreSQL writes a member of a jsonb object. */
const member = (name: string, text: string): string => `${JSON.stringify(name)}: ${JSON.stringify(text)}`;
