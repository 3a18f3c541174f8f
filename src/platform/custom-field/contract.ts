import { z } from 'zod';
import { sized } from '../../kernel/contract/bounds.ts';
import { customValueTypes, fieldRules } from '../../kernel/contract/custom-field.ts';
import {
  boolean,
  custom_value_size,
  declaredSelect,
  integer,
  key,
  list,
  object,
  requiredText,
  time,
} from '../../kernel/contract/fields.ts';
import { filled } from '../../kernel/contract/names.ts';
import { defineResource, recordTypeNames } from '../../kernel/contract/resource.ts';

const roles_max = 100;

const fieldTypes = () => [...customValueTypes, ...recordTypeNames()];

/** Roles that may; null: all. Whoever may change custom fields sees and fills in every one. */
const roles = z.array(z.uuid()).max(roles_max).nullable();

/** A field that a workspace adds to a noun. Its values live in the record's `custom` under its key. */
export const customField = defineResource({
  name: 'custom_field',
  plural: 'custom-fields',
  table: 'custom_field',
  title: 'custom field',
  uniqueInPart: true,
  defaultSort: 'resource,position,key',
  fields: {
    resource: declaredSelect(recordTypeNames, { title: 'Record', required: true, createOnly: true }),
    key: key(60, { title: 'Key', createOnly: true }),
    label: requiredText(100, { title: 'Label' }),
    type: declaredSelect(fieldTypes, { title: 'Type', required: true, createOnly: true }),
    options: list(filled(100), 200, { title: 'Options' }),
    required: boolean({ title: 'Required' }),
    rules: object(fieldRules, { title: 'Bounds' }),
    default_value: object(sized(z.unknown(), custom_value_size), { title: 'Default' }),
    is_unique: boolean({ title: 'Unique' }),
    visible_to: object(roles, { title: 'Visible to' }),
    editable_by: object(roles, { title: 'Editable by' }),
    position: integer({ min: 0 }, { title: 'Position' }),
    retired_at: time({ title: 'Retired', readOnly: true }),
  },
});

const conversionType = z.lazy(() => z.enum(fieldTypes()));

/** Another type for a field that records hold values of. */
export const conversionRequest = z
  .strictObject({
    type: conversionType,
    options: z.array(filled(100)).max(200).optional().describe('Of select and multi_select; what it had, by default'),
    unfit: z.enum(['refuse', 'clear']).default('refuse').describe('What becomes of values that do not fit'),
  })
  .meta({ id: 'CustomFieldConversionRequest' });
export type ConversionRequest = z.infer<typeof conversionRequest>;

const sample = z.object({ id: z.uuid(), name: z.string().nullable(), value: z.unknown(), becomes: z.unknown() });

export const conversionPreview = z
  .object({ fit: z.int(), unfit: z.int(), fit_samples: z.array(sample), unfit_samples: z.array(sample) })
  .meta({ id: 'CustomFieldConversionPreview' });
export type ConversionPreview = z.infer<typeof conversionPreview>;

/** The last one, which can still be taken back. */
export const conversion = z
  .object({
    id: z.uuid(),
    field_id: z.uuid(),
    from_type: conversionType,
    to_type: conversionType,
    converted: z.int(),
    /** Values that did not fit and were left out; taking it back brings them back. */
    cleared: z.int(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'CustomFieldConversion' });
export type Conversion = z.infer<typeof conversion>;

/** Another name for an option, in all records and stored filters. */
export const optionRename = z
  .strictObject({ from: filled(100), to: filled(100) })
  .meta({ id: 'CustomFieldOptionRename' });
export type OptionRename = z.infer<typeof optionRename>;

/** The fields of a noun in their new order, all of those in use. */
export const fieldOrder = z
  .strictObject({ resource: z.lazy(() => z.enum(recordTypeNames())), ids: z.array(z.uuid()).min(1).max(200) })
  .meta({ id: 'CustomFieldOrder' });
