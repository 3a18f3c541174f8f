import { damaged_value } from '../../kernel/contract/fields.ts';
import { definedResources } from '../../kernel/contract/resource.ts';
import {
  compositesOf,
  isComposite,
  keysOfComposite,
  type NamedPerson,
  openComposites,
} from '../../kernel/resource/composite-names.ts';
import { hasSealableLabel } from '../../kernel/resource/label.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { OpenedText } from '../../kernel/vault/data-keys.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { type Conversion, type Converted, keepingContent, replacedKeys } from './convert.ts';

const events_max = 200;

/** Of a merge, history has the names of the records that are gone: those of people are sealed as composites. */
export function mergedIn(resource: string, values: Record<string, unknown> | null): NamedPerson[] {
  const isSealable = definedResources().some((each) => each.name === resource && hasSealableLabel(each));
  return isSealable && Array.isArray(values?.merged) ? (values.merged as NamedPerson[]) : [];
}

interface MergeEvent {
  seq: string;
  resource: string;
  after: { merged: NamedPerson[] };
}

/** Gives the names the form. */
export async function convertMerged(conversion: Conversion): Promise<Converted> {
  const { client, db, tenant_id, signal } = conversion;
  const closed = new Set<string>();
  let converted = 0;
  for (let after: string | null = '-1'; after !== null; ) {
    signal?.throwIfAborted();
    const { rows }: { rows: MergeEvent[] } = await client.query<MergeEvent>(
      `select h.seq::text, h.resource, h.after from public.record_history h
       where h.tenant_id = $1 and h.seq > $2 and jsonb_exists(h.after, 'merged') order by h.seq limit ${events_max}`,
      [tenant_id, after],
    );
    const changed = await withContext(db, systemActor(tenant_id), (ctx) => otherForms(ctx, conversion, rows));
    if (changed.some((event) => event.isClosed)) closed.add('record_history');
    const right = changed.filter((event) => event.names > 0);
    if (right.length > 0)
      await keepingContent(conversion, async (own) => {
        for (const { seq, merged } of right)
          await own.query(
            `update public.record_history set after = jsonb_set(after, '{merged}', $3) where tenant_id = $1 and seq = $2`,
            [tenant_id, seq, JSON.stringify(merged)],
          );
      });
    converted += right.reduce((sum, event) => sum + event.names, 0);
    after = rows.length < events_max ? null : rows.at(-1)!.seq;
  }
  return { converted, closed: [...closed] };
}

interface Changed {
  seq: string;
  merged: NamedPerson[];
  /** How many names have another form than before. */
  names: number;
  /** Whether some do not open, and stay as they are. */
  isClosed: boolean;
}

async function otherForms(
  ctx: Context,
  { to, givesUp = false }: Conversion,
  events: readonly MergeEvent[],
): Promise<Changed[]> {
  const replaced = await replacedKeys(ctx, to);
  const isRight = ({ name }: NamedPerson) =>
    to === 'open'
      ? !isComposite(name)
      : isComposite(name) && !keysOfComposite(name).some((id) => replaced.includes(id));
  const wrong = events.flatMap(({ resource, after }) => mergedIn(resource, after).filter((one) => !isRight(one)));
  if (wrong.length === 0) return [];
  const plain = await plainNames(ctx, wrong, givesUp);
  const found = wrong.flatMap((one) =>
    plain.get(one) === undefined ? [] : { one, id: one.id, name: plain.get(one)! },
  );
  const [key] = to === 'sealed' ? await dataKeys(ctx).sealing(ctx, 'data', [null]) : [];
  const forms = key ? compositesOf(ctx, key, found) : found.map(({ name }) => name);
  const right = new Map(found.map(({ one }, at) => [one, forms[at]!]));
  return events.map(({ seq, after: { merged } }) => ({
    seq,
    merged: merged.map((one) => ({ ...one, name: right.get(one) ?? one.name })),
    names: merged.filter((one) => right.has(one)).length,
    isClosed: merged.some((one) => wrong.includes(one) && !right.has(one)),
  }));
}

/** The names in the clear; undefined for one that does not open. */
async function plainNames(
  ctx: Context,
  people: readonly NamedPerson[],
  givesUp: boolean,
): Promise<Map<NamedPerson, string | undefined>> {
  const closed = people.filter(({ name }) => isComposite(name));
  const opened = await openComposites(ctx, closed.map(({ name }) => name)); // biome-ignore format: one call
  const clear = ({ text, missing_key }: OpenedText) =>
    text ?? (givesUp && missing_key === undefined ? damaged_value : undefined);
  return new Map(people.map((one) => [one, isComposite(one.name) ? clear(opened[closed.indexOf(one)]!) : one.name]));
}
