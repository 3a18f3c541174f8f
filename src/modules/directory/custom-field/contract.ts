import { z } from 'zod';
import { customFieldTypes, customisedResources } from '../../../kernel/contract/custom-field.ts';
import { boolean, integer, key, list, requiredSelect, requiredText, time } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** A field that a workspace adds to a noun. Its values live in the record's `custom` under its key. */
export const customField = defineResource({
  name: 'custom_field',
  plural: 'custom-fields',
  table: 'custom_field',
  title: 'custom field',
  defaultSort: 'resource,position,key',
  fields: {
    resource: requiredSelect(customisedResources, { title: 'Record', required: true, createOnly: true }),
    key: key(60, { title: 'Key', createOnly: true }),
    label: requiredText(100, { title: 'Label' }),
    type: requiredSelect(customFieldTypes, { title: 'Type', required: true, createOnly: true }),
    options: list(z.string().trim().min(1).max(100), 200, { title: 'Options' }),
    required: boolean({ title: 'Required' }),
    position: integer({ min: 0 }, { title: 'Position' }),
    retired_at: time({ title: 'Retired', readOnly: true }),
  },
});
