import { z } from 'zod';
import { filterJson, record } from '../../kernel/contract/bounds.ts';
import {
  boolean,
  declaredSelect,
  object,
  reference,
  requiredSelect,
  requiredText,
  text,
} from '../../kernel/contract/fields.ts';
import { defineResource, recordTypeNames } from '../../kernel/contract/resource.ts';

export const viewLayouts = ['table', 'board', 'calendar'] as const;

const columns_max = 300;
const fieldNames = z.array(z.string().max(80)).max(columns_max);

/**
 * How a table stands: fields from left to right, those not shown, widths in pixels, and those that stay in sight at the
 * left.
 */
export const columns = z.strictObject({
  order: fieldNames.default([]),
  hidden: fieldNames.default([]),
  widths: record(z.string().max(80), z.int().min(20).max(2_000), columns_max).default({}),
  pinned: fieldNames.default([]),
});

/** As answers have them. Views from before a column setting existed, and those made without any, lack it. */
const shownColumns = columns.partial().extend({
  left_out: z
    .array(z.string().max(80))
    .optional()
    .describe('Settings that were stored when more fitted, and are not shown'),
});

const fieldName = z.string().max(80);

/** By which fields a list goes: the columns of a board or the days of a calendar, and the groups of a table. */
const arrangement = z.strictObject({
  by: fieldName.optional(),
  group: fieldName.optional(),
  span: z.enum(['month', 'week']).optional(),
});

/** A list as somebody arranged it, kept under a name: for oneself, for a team, or for everybody in the workspace. */
export const savedView = defineResource({
  name: 'saved_view',
  plural: 'saved-views',
  table: 'saved_view',
  title: 'saved view',
  uniqueInPart: true,
  defaultSort: 'name',
  fields: {
    resource: declaredSelect(recordTypeNames, { title: 'Records', required: true, createOnly: true }),
    name: requiredText(60, { title: 'Name' }),
    shared: boolean({ title: 'For everybody' }),
    team_id: reference('team', { title: 'For the team', expand: 'team' }),
    layout: requiredSelect(viewLayouts, { title: 'Shown as' }),
    filter: object(filterJson().nullable(), { title: 'Filter, as lists take it' }),
    sort: text(200, { title: 'Sort, as lists take it', sortable: false }),
    columns: object(columns, { title: 'Columns', namesFieldsOf: 'resource', answered: shownColumns }),
    arrangement: object(arrangement, { title: 'Fields it is arranged by' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner', readOnly: true }),
  },
});
