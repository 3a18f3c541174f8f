import type { FieldMeta } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import {
  isNoText,
  mayHaveSealed,
  openPersonal,
  sealsPersonal,
  sealTexts,
  textOfValue,
  textsWithin,
  valueOfText,
} from '../../kernel/resource/personal.ts';
import { phoneKeys } from '../../kernel/resource/personal-lookup.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { isRefused, type LoadRow, refuseRow } from './load.ts';
import { recordsNow } from './sealed.ts';
import { joinsLists, leaveOut, phone_keys_column, restage, type StagePlan } from './staging.ts';

type Values = Record<string, unknown>;

/** Refuses a row with what only a stored text may look like, or with what exports have in place of one that did not open. */
export function refuseSealedForm({ personal, headers, target }: StagePlan, row: LoadRow): void {
  for (const column of personal)
    if (textsWithin(valueIn(target.contract, row.values, column)).some(isNoText))
      refuseRow(row, 'not_allowed', 'This is what stands in place of a sealed text.', headers.get(column));
}

/** Takes personal texts out of what goes into the stage, where they may be sealed: each record has its own form of them. */
export async function withholdPersonal(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  if (!(await mayHaveSealed(ctx))) return;
  const generated = [...plan.target.contract.meta].flatMap(([column, { ofSealable }]) => (ofSealable ? column : []));
  for (const row of rows) {
    // Of a batch that failed they are withheld already.
    row.personal ??= Object.fromEntries(plan.personal.map((column) => [column, row.values[column] ?? null]));
    for (const column of [...plan.personal, ...generated]) row.values[column] = null;
  }
}

/** Gives rows what their telephone numbers find records by, stored in the clear or sealed. */
export async function addPhoneKeys(
  ctx: Context,
  { staged, target }: StagePlan,
  rows: readonly LoadRow[],
): Promise<void> {
  if (!staged.includes(phone_keys_column)) return;
  const given = rows.flatMap((row) => {
    const phone = row.personal?.phone ?? row.values.phone;
    return phone ? [{ row, phone }] : [];
  });
  const phones = given.map(({ phone }) => phone);
  for (const [at, keys] of (await phoneKeys(ctx, target.contract.table, phones)).entries()) {
    const { row, phone } = given[at]!;
    // One that is too short to tell is the same where it is written alike, and in the clear.
    row.values[phone_keys_column] = arrayText(keys.length > 0 ? keys : [phone]);
  }
}

/** As PostgreSQL reads an array of texts. */
const arrayText = (texts: readonly string[]): string => `{${texts.map((text) => JSON.stringify(text)).join(',')}}`;

/** The value of a column in a row, whose lists are JSON as text. */
function valueIn({ meta }: Resource, values: LoadRow['values'], column: string): unknown {
  const text = values[column] ?? null;
  return text === null ? null : valueOfText(meta.get(column)!, text);
}

/**
 * Puts them into the stage as the records have them that rows have found or make. A record with the same text keeps the
 * form in which it has it. What rows add to lists of records is added here: `writes` keeps others from these until then.
 */
export async function stagePersonal(
  ctx: Context,
  plan: StagePlan,
  rows: readonly LoadRow[],
  writes: boolean,
): Promise<void> {
  const { contract } = plan.target;
  const given = rows.filter(({ personal }) => personal && Object.values(personal).some((text) => text !== null));
  if (given.length === 0) return;
  const found = given.flatMap((row) => (row.found ? row.id : []));
  const stored = await recordsNow(ctx, contract.table, plan.personal, found, { locks: writes });
  const opened = stored.map((record) => ({ ...record }));
  await openPersonal(ctx, contract, opened);
  const known = new Map(stored.map((record, at) => [record.id as string, { stored: record, opened: opened[at]! }]));
  for (const row of given) refuseClosedLists(plan, row, known.get(row.id)?.opened);
  const refused = given.filter(isRefused);
  if (refused.length > 0) await leaveOut(ctx, refused);
  const staged = given
    .filter((row) => !isRefused(row))
    .map((row) => ({ number: row.number, id: row.id, values: wantedValues(plan, row, known.get(row.id)?.opened) }));
  const fresh = staged.flatMap(({ id, values }) =>
    plan.personal.flatMap((column) => {
      const meta = contract.meta.get(column)!;
      const text = textOfValue(meta, values[column]);
      const record = known.get(id);
      if (text === undefined) return [];
      if (textOfValue(meta, record?.opened[column]) !== text)
        return { values, text, table: contract.table, column, row: id };
      values[column] = record!.stored[column];
      return [];
    }),
  );
  if (await sealsPersonal(ctx))
    for (const [at, text] of (await sealTexts(ctx, fresh)).entries()) {
      const { values, column } = fresh[at]!;
      values[column] = valueOfText(contract.meta.get(column)!, text);
    }
  await restage(ctx, staged, plan.personal);
}

/** What a row adds to a list that does not open would take that one's place. */
function refuseClosedLists(plan: StagePlan, row: LoadRow, record: Values | undefined): void {
  for (const column of plan.personal) {
    const adds = record !== undefined && (row.personal?.[column] ?? null) !== null && joinsLists(plan, column);
    if (!adds || !textsWithin(record[column]).some(isNoText)) continue;
    const message = 'The list that the record has does not open, so that nothing can be added to it.';
    refuseRow(row, 'not_allowed', message, plan.headers.get(column));
  }
}

/** The values that a row gives its record, with lists as they are to be. */
function wantedValues(plan: StagePlan, { personal = {} }: LoadRow, record: Values | undefined): Values {
  const { contract } = plan.target;
  const entries = plan.personal.map((column) => {
    const value = valueIn(contract, personal, column);
    const adds = joinsLists(plan, column) && record !== undefined && value !== null;
    const meta = contract.meta.get(column)!;
    return [column, adds ? joinedList(meta, record[column] as object[], value as object[]) : value];
  });
  return Object.fromEntries(entries);
}

const listed_max = 20;

/** As `app.joined_list` of PostgreSQL joins them. */
function joinedList(meta: FieldMeta, list: readonly object[], more: readonly object[]): object[] {
  const known = new Set(list.map((item) => listKey(meta, item)));
  return [...list, ...more.filter((item) => !known.has(listKey(meta, item)))].slice(0, listed_max);
}

/** What tells two entries apart: letters and digits, without case. */
function listKey(meta: FieldMeta, item: { value?: string }): string {
  const text = item.value ?? textOfValue(meta, [{ ...item, label: null }])!;
  return text.toLowerCase().replace(/[\s()/-]+/g, '');
}
