import type { FieldMeta } from '../../kernel/contract/fields.ts';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import {
  compositesOf,
  isComposite,
  type NamedPerson,
  openComposites,
  writesComposites,
} from '../../kernel/resource/composite-names.ts';
import {
  isSealedText,
  openTexts,
  type PlacedText,
  type SealingKeys,
  sealableFields,
  sealTextsWith,
  textOfValue,
  valueOfText,
} from '../../kernel/resource/personal.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { mergedIn } from './merged-names.ts';

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

/** Of either side of an event: more forms than these are not tried. */
const forms_max = 1_024;

/**
 * Whether values of history are those that were committed to, in another form: personal texts are sealed and opened
 * where they stand, and the commitment is of the form that they were written in. Each has its own, as one text of a
 * record may be written while the others wait for the job. Without `db` nobody has the keys, and values with such a text
 * count as such.
 */
export async function hasOtherForm(db: Database | undefined, altered: Altered): Promise<boolean> {
  const { tenant_id, salt, before, after, commitment } = altered;
  if (commitment === null) return false;
  if (!db)
    return [before, after].some((values) => textsIn(altered, values).length + namesIn(altered, values).length > 0);
  return withContext(db, systemActor(tenant_id), async (ctx) => {
    const keys = await keysOf(ctx);
    const [of, to] = [await formsOf(ctx, altered, before, keys), await formsOf(ctx, altered, after, keys)];
    const isCommitted = async (befores: readonly Form[], afters: readonly Form[]) => {
      const compared = sql<{ found: boolean }>`select exists (
        select from jsonb_array_elements(${JSON.stringify(befores)}::jsonb) b cross join jsonb_array_elements(${JSON.stringify(afters)}::jsonb) a
        where app.commitment(${salt}::uuid, ${before}::jsonb || b.value, ${after}::jsonb || a.value) = decode(${commitment}, 'hex')
      ) as found`;
      return (await ctx.tx.one(writesComposites(compared))).found;
    };
    return (await isCommitted(of.alike, to.alike)) || isCommitted(of.all(), to.all());
  });
}

interface Text extends PlacedText {
  meta: FieldMeta;
}

function textsIn({ resource: name, record_id }: Altered, values: string | null): Text[] {
  const resource = resourceNamed(name);
  if (values === null || !resource) return [];
  const parsed = JSON.parse(values) as Record<string, unknown>;
  return sealableFields(resource).flatMap((column) => {
    const meta = resource.meta.get(column)!;
    const text = textOfValue(meta, parsed[column]);
    if (text === undefined) return [];
    return { text, table: resource.table, column, row: record_id, meta };
  });
}

const namesIn = ({ resource }: Altered, values: string | null): NamedPerson[] =>
  mergedIn(resource, values === null ? null : JSON.parse(values));

/** The names that a merge has in history, in the same forms as texts. */
async function formsOfNames(
  ctx: Context,
  people: readonly NamedPerson[],
  keys: readonly SealingKeys[],
): Promise<Form[]> {
  if (people.length === 0) return [];
  const closed = people.filter(({ name }) => isComposite(name));
  const opened = await openComposites(ctx, closed.map(({ name }) => name)); // biome-ignore format: one call
  const plain = people.map((one) => ({ ...one, name: opened[closed.indexOf(one)]?.text ?? one.name }));
  const written = (names: readonly string[]): Form => ({
    merged: plain.map(({ id }, at) => ({ id, name: names[at] })),
  });
  const open = written(plain.map(({ name }) => name));
  return [open, open, ...keys.map(({ data }) => written(compositesOf(ctx, data, plain)))];
}

/** Each pair of keys that a text may have been sealed with. */
async function keysOf(ctx: Context): Promise<SealingKeys[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from data_key
    where tenant_id = ${ctx.tenant_id} and kind = 'data' and subject_id is null`);
  const keys = await dataKeys(ctx).byId(
    ctx,
    rows.map(({ id }) => id),
  );
  const indexing = await dataKeys(ctx).indexing(ctx);
  const indexes = indexing.length > 0 ? indexing : [undefined];
  return [...keys].flatMap(([id, key]) => indexes.map((index): SealingKeys => ({ data: { id, key }, index })));
}

type Form = Record<string, unknown>;

interface Forms {
  /** All texts in the same form, as most were written. */
  alike: readonly Form[];
  /** These, and each text in a form of its own. */
  all: () => Form[];
}

/** The personal texts of values in each form that they may have been written in: open, or sealed by one of the keys. */
async function formsOf(
  ctx: Context,
  altered: Altered,
  values: string | null,
  keys: readonly SealingKeys[],
): Promise<Forms> {
  const texts = textsIn(altered, values);
  const closed = texts.filter(({ text }) => isSealedText(text));
  const opened = await openTexts(ctx, closed);
  const plain = texts.map((one) => ({ ...one, text: opened[closed.indexOf(one)]?.text ?? one.text }));
  const sealed = keys.map((key) => sealTextsWith(ctx, key, plain));
  const formsOfEach = plain.map(({ column, meta, text }, at): Form[] => {
    const open = valueOfText(meta, text);
    const values = [open, withoutNulls(open), ...sealed.map((texts) => valueOfText(meta, texts[at]!))];
    return values.map((value) => ({ [column]: value }));
  });
  const ofNames = await formsOfNames(ctx, namesIn(altered, values), keys);
  if (ofNames.length > 0) formsOfEach.push(ofNames);
  const alike = [0, 1, ...keys.keys().map((at) => at + 2)].map(
    (form): Form => Object.assign({}, ...formsOfEach.map((forms) => forms[form]!)),
  );
  const known = distinct([{}, ...alike]);
  return { alike: known, all: () => [...known, ...combined(formsOfEach.map(distinct))] };
}

/** As history has the lists of records that were made or deleted. */
const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member) => (member === null ? undefined : member));

const distinct = (forms: readonly Form[]): Form[] => [
  ...new Map(forms.map((form) => [JSON.stringify(form), form])).values(),
];

/** Each choice of one form for each text; none where there would be too many. */
function combined(formsOfEach: readonly Form[][]): Form[] {
  if (formsOfEach.reduce((count, { length }) => count * length, 1) > forms_max) return [];
  return formsOfEach.reduce<Form[]>(
    (chosen, forms) => chosen.flatMap((one) => forms.map((form) => ({ ...one, ...form }))),
    [{}],
  );
}
