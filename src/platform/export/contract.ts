import { z } from 'zod';
import { integer, list, reference, requiredSelect, requiredText, text, time } from '../../kernel/contract/fields.ts';
import { filled } from '../../kernel/contract/names.ts';
import { defineResource } from '../../kernel/contract/resource.ts';

export const exportStates = ['waiting', 'running', 'done', 'failed'] as const;

export const exportFormats = ['csv', 'xlsx', 'vcf'] as const;

const reason_characters_max = 500;

const selection = {
  filter: z.string().max(20_000).nullable().default(null).describe('As in lists: JSON of a condition or a group'),
  sort: z
    .string()
    .max(200)
    .nullable()
    .default(null)
    .describe('As in lists; without it in no order, which begins at once'),
  columns: z
    .array(z.string().max(80))
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .describe('Names of fields, as lists or as files for an import call them; null: all of an import'),
  format: z.enum(exportFormats).default('csv'),
  reason: filled(reason_characters_max)
    .nullable()
    .default(null)
    .describe('Why sealed values are to be in the clear, for who may reveal them; without it there are masks'),
};

export const newExport = z.strictObject({ resource: z.string().max(60), ...selection });
export type Selection = z.output<typeof newExport>;

/** Of a CSV that somebody opens in a spreadsheet. */
export interface Streamed extends Selection {
  byte_order_mark?: boolean;
}

export const exportQuery = z.strictObject({
  filter: z.string().max(20_000).optional(),
  sort: z.string().max(200).optional(),
  columns: z.string().max(4_000).optional().describe('Names of fields, with commas between'),
  reason: filled(reason_characters_max)
    .optional()
    .describe('Why sealed values are to be in the clear, for who may reveal them'),
  byte_order_mark: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: begins with the mark by which Excel knows UTF-8'),
});

export const exportResource = defineResource({
  name: 'export',
  plural: 'exports',
  table: 'export',
  title: 'export',
  owner: 'created_by',
  defaultSort: '-created_at',
  fields: {
    resource: requiredText(60, { title: 'Records' }),
    filter: text(20_000, { title: 'Filter', filterable: false }),
    sort: text(200, { title: 'Sort', filterable: false }),
    columns: list(z.string(), 500, { title: 'Columns' }).nullable(),
    format: requiredSelect(exportFormats, { title: 'Format' }),
    reason: text(reason_characters_max, { title: 'Reason', filterable: false }),
    state: requiredSelect(exportStates, { title: 'State', readOnly: true }),
    row_count: integer({ min: 0 }, { title: 'Rows', readOnly: true }),
    file_id: reference('file', { title: 'File', readOnly: true }),
    error: text(4000, { title: 'Error', readOnly: true }),
    finished_at: time({ title: 'Finished', readOnly: true }),
  },
});
