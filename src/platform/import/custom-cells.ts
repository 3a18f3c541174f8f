import { isDeepStrictEqual } from 'node:util';
import { isReferenceType } from '../../kernel/contract/custom-field.ts';
import { Problem } from '../../kernel/errors/problem.ts';
import { type CustomField, keepDefinitions, readCustomFields } from '../../kernel/resource/custom.ts';
import { checkCustomValues } from '../../kernel/resource/custom-values.ts';
import { actWith, type Context, systemActor } from '../../kernel/tenancy/context.ts';
import { parseCellList, writeCellList } from '../csv/index.ts';
import { type CellMeaning, type CellReader, cellReader, numberFormat, optionFinder } from './convert.ts';
import type { LoadRow } from './load.ts';
import { currenciesOf, parseMoney, splitMoney } from './money.ts';
import { isRefusal, type Refusal, refuse, shown } from './refusal.ts';
import type { ImportTarget, TargetField, TargetType } from './target.ts';

export interface CustomTargetField extends TargetField {
  custom: CustomField;
}

const types: Partial<Record<CustomField['type'], TargetType>> = {
  integer: 'integer', decimal: 'decimal', date: 'date', boolean: 'boolean', url: 'url', select: 'select',
}; // biome-ignore format: the rest is text here

/** The targets with the fields that the tenant added. */
export async function withCustomFields(ctx: Context, targets: readonly ImportTarget[]): Promise<ImportTarget[]> {
  return Promise.all(
    targets.map(async (target) => {
      const fields = await readCustomFields(ctx, target.contract);
      const own = [...fields.values()].filter(({ changeable }) => changeable);
      return { ...target, fields: [...target.fields, ...own.map((field) => customTargetField(field, targets))] };
    }),
  );
}

/**
 * Keeps the fields that an import fills until the batch is written. Where one has changed since the run began, the run
 * is to be tried again: cells are then read by the new type, or the column whose field is retired is named.
 */
export async function keepCustomFields(ctx: Context, { contract }: ImportTarget, filled: TargetField[]): Promise<void> {
  const own = filled.filter(isCustom).map(({ custom }) => custom);
  if (own.length === 0) return;
  // Whoever imports need not be allowed to read definitions.
  await actWith(ctx, systemActor(ctx.tenant_id).rights);
  await keepDefinitions(ctx, contract);
  const now = await readCustomFields(ctx, contract);
  await actWith(ctx, ctx.actor.rights);
  const changed = own.find((field) => !isSameMeaning(field, now.get(field.key)));
  if (changed) throw new Error(`The custom field “${changed.label}” was changed while the import filled it`);
}

const isCustom = (field: TargetField): field is CustomTargetField => 'custom' in field;

const isSameMeaning = ({ type, options, rules }: CustomField, now: CustomField | undefined): boolean =>
  now !== undefined && isDeepStrictEqual([type, options, rules], [now.type, now.options, now.rules]);

/** The field as imports fill it. `targets`: what a cell may name. */
export function customTargetField(custom: CustomField, targets: readonly ImportTarget[]): CustomTargetField {
  // Others have no column that could be a name: files hold their ids.
  const isNamed =
    isReferenceType(custom.type) &&
    targets.some(({ resource, namedBy }) => resource === custom.type && namedBy.length > 0);
  return {
    name: `custom.${custom.key}`,
    type: types[custom.type] ?? 'text',
    label: custom.label,
    synonyms: [custom.key],
    columns: ['custom'],
    ...(custom.type === 'select' && { values: custom.options }),
    ...(isNamed && { names: custom.type }),
    custom,
  };
}

export const isCustomReference = (field: TargetField): field is CustomTargetField & { names: string } =>
  'names' in field;

/** Puts the id of what the cell names among the custom values of the row; null where it names nothing that is there. */
export function putCustomId({ custom }: CustomTargetField, { values }: LoadRow, id: string | null): void {
  const { [custom.key]: _, ...others } = JSON.parse(values.custom ?? '{}') as Record<string, unknown>;
  values.custom = JSON.stringify(id === null ? others : { ...others, [custom.key]: id });
}

/** Reads cells as the JSON of a custom value. */
export function customReader({ custom, ...field }: CustomTargetField, meaning: CellMeaning): CellReader {
  if (custom.type === 'multi_select')
    return optionsReader(custom, cellReader({ ...field, values: custom.options }, meaning));
  const read = cellReader(field, meaning);
  // Whom or what it names is found later.
  if (field.names) return read;
  return (cell) => {
    const text = read(cell);
    if (text === null || isRefusal(text)) return text;
    const value = customValue(custom, text, meaning);
    return isRefusal(value) ? value : checkedJson(custom, value);
  };
}

/** Options as JSON, between semicolons or commas. An item that is none is left out, and the others are kept. */
function optionsReader(custom: CustomField, read: CellReader): CellReader {
  const find = optionFinder(custom.options);
  // An option may have a comma in it.
  const parts = (item: string) => (find(item) === undefined ? parseCellList(item, ';,') : [item]);
  return (cell) => {
    const text = read(cell);
    if (text === null || isRefusal(text)) return text;
    const items = parseCellList(text, ';')
      .flatMap(parts)
      .map((item) => ({ item, option: find(item) }));
    const unknown = items.flatMap(({ item, option }) => (option === undefined ? item : []));
    const options = [...new Set(items.flatMap(({ option }) => option ?? []))];
    const value = checkedJson(custom, options);
    if (unknown.length === 0 || isRefusal(value)) return value;
    const refusal = refuse(
      'not_a_choice',
      `${unknown.map(shown).join(', ')} is not one of ${custom.options.join(', ')}. Choose among them.`,
    );
    return options.length === 0 ? refusal : { ...refusal, part: { value, left_out: writeCellList(unknown) } };
  };
}

function checkedJson(custom: CustomField, value: unknown): string | Refusal {
  try {
    checkCustomValues(new Map([[custom.key, custom]]), [{ custom: { [custom.key]: value } }], {
      creating: false,
      errorPath: () => '',
    });
  } catch (error) {
    if (error instanceof Problem) return refuse(error.errors[0]!.code, `${error.errors[0]!.message}.`);
    throw error;
  }
  return JSON.stringify(value);
}

function customValue({ type }: CustomField, text: string, meaning: CellMeaning): unknown {
  switch (type) {
    case 'integer':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'money': {
      // It may name a currency of its own: `1054.00 EUR`.
      const [own, ...others] = currenciesOf(splitMoney(text)?.sign ?? '');
      const currency = own && others.length === 0 ? own : meaning.currency;
      return parseMoney(text, currency, numberFormat(meaning.type));
    }
    default:
      return text;
  }
}
