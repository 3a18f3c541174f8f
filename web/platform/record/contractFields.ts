import type { FieldMeta, FieldType } from '../../../src/kernel/contract/fields.ts';
import type { Resource } from '../../../src/kernel/contract/resource.ts';
import { titled } from '../../text/names.ts';
import { t, translateServerText } from '../../text/text.ts';
import { resourceOf } from '../query/resources.ts';
import type { FieldDef, FieldKind } from './field.ts';
import { times } from './times.ts';

/** What the page has of the contract of a record type; the build leaves its schemas with the server. */
export type RecordContract = Pick<
  Resource,
  | 'name'
  | 'plural'
  | 'table'
  | 'right'
  | 'meta'
  | 'owner'
  | 'trash'
  | 'merges'
  | 'duplicateKeys'
  | 'attachable'
  | 'states'
  | 'appendOnly'
  | 'period'
  | 'highVolume'
  | 'byDegree'
>;

/** What the page says of a field: where it stands, and in what it differs from its contract. */
export interface FieldView extends Partial<Omit<FieldDef, 'key' | 'section'>> {
  key: string;
  /**
   * Null: it is a column, but not among the fields of the record's page. By default it stands under the name of the
   * record type.
   */
  section?: string | null;
  /** Shown by the page itself, and nowhere else. */
  hidden?: true;
}

const kinds: ReadonlySet<FieldType> = new Set<FieldType & FieldKind>([
  'text',
  'email',
  'phone',
  'url',
  'long_text',
  'integer',
  'decimal',
  'money',
  'currency',
  'date',
  'time',
  'duration',
  'boolean',
  'select',
  'reference',
  'tags',
  'labelled',
  'addresses',
]);

/**
 * The fields of a record type as its contract has them, in the order in which the page names them, an amount with its
 * currency. Those that it does not name come after them, so that none is forgotten; last is when the record was made
 * and changed. `usual`: the section of fields that name none.
 */
export function fieldsOf(
  { name, meta, byDegree }: RecordContract,
  usual: string,
  views: readonly FieldView[],
): FieldDef[] {
  const named = new Set(views.map(({ key }) => key));
  const withCurrencies = views.flatMap((view) => {
    const key = meta.get(view.key)?.currencyField;
    return key && !named.has(key) ? [view, { ...view, key, label: undefined, inTable: false }] : [view];
  });
  const shown = new Set(withCurrencies.map(({ key }) => key));
  const rest = [...meta].filter(([key, { type }]) => !shown.has(key) && kinds.has(type));
  return [
    ...withCurrencies
      .filter(({ hidden }) => !hidden)
      .map(({ section = usual, label, ...view }) => {
        const field = meta.get(view.key);
        if (!field) throw new Error(`The contract of ${name} has no field ${view.key}`);
        return {
          ...ofContract(view.key, field, byDegree),
          ...view,
          ...(label && { label }),
          ...(section !== null && { section }),
        };
      }),
    ...rest.map(([key, field]) => ({
      ...ofContract(key, field, byDegree),
      section: t('More'),
      inForm: field.required,
    })),
    ...times,
  ];
}

const ofContract = (key: string, meta: FieldMeta, byDegree: true | undefined): FieldDef => ({
  key,
  label: translateServerText(meta.title),
  kind: meta.type as FieldKind,
  of: meta.table && resourceOf(meta.table),
  expand: meta.expand,
  currencyKey: meta.currencyField,
  options: meta.values?.map((value) => ({ value, label: translateServerText(titled(value)) })),
  ...(meta.isCountry && { isCountry: meta.isCountry }),
  required: meta.required,
  readOnly: meta.readOnly,
  createOnly: meta.createOnly,
  filterable: meta.filterable && meta.type !== 'duration',
  sortable: meta.sortable,
  showsFrom: meta.showsFrom ?? (byDegree && 'everything'),
});
