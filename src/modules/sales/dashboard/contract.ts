import { z } from 'zod';
import { moneyAmount, namedReference } from '../../../kernel/contract/fields.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { moneyTotal } from '../currency/contract.ts';
import {
  type ActivityFigureKind,
  activityFigureKinds,
  periodUnits,
  ranges,
  regionSources,
} from '../figures/contract.ts';
import { stageKinds } from '../stage/contract.ts';

const day = dateText();

/** Which deals and activities figures are about. */
export const subject = {
  pipeline_id: z.uuid().optional(),
  owner_id: z.uuid().optional(),
  team_id: z.uuid().optional(),
  product_id: z.uuid().optional(),
  region: z.string().min(1).max(200).optional().describe('Of the company of the deal, or what "region_of" says'),
};

export const dashboardQuery = z
  .strictObject({
    range: z.enum(ranges).optional().describe('In place of from and to'),
    from: day
      .optional()
      .describe('First day on which a deal that counts as won or lost was closed, or something was done'),
    to: day.optional().describe('Last such day'),
    period: z.enum(periodUnits).default('month'),
    ...subject,
    field: z
      .string()
      .max(67)
      .regex(/^(source|custom\.[a-z][a-z0-9_]*)$/, { error: 'Write source, or custom. and the key of a custom field' })
      .optional()
      .describe(
        'By what "by_field" groups: source, or a custom field of deals of the type select, such as custom.tier',
      ),
    region_of: z
      .enum(regionSources)
      .default('company')
      .describe(
        'Whose region counts: that of the company (as without this parameter), or those of the teams of the owner of the deal, or of who did the activity; with several a record counts in each',
      ),
  })
  .refine(({ range, from, to }) => !range || (!from && !to), {
    path: ['range'],
    error: 'Send this, or "from" and "to"',
  })
  .refine(({ from, to }) => !from || !to || from <= to, { path: ['to'], error: 'This must not be before "from"' });
export type DashboardQuery = z.output<typeof dashboardQuery>;

/** The list of the rows behind a figure: `GET` of the resource with this filter as JSON. */
const rows = z.object({
  resource: z.enum(['contact', 'company', 'deal', 'deal_product', 'activity', 'note', 'task']),
  filter: z.record(z.string(), z.unknown()).nullable(),
});
export type Rows = z.output<typeof rows>;

const count = z.object({ count: z.int(), rows });
/** One sum per currency. */
const value = z.array(moneyAmount);
const worth = count.extend({ value, total: moneyTotal.describe('The value in the currency of the workspace') });
const percent = z.string().nullable().describe('With one decimal; null where there is nothing to be a part of');

const closed = {
  won: worth,
  lost: worth,
  /** Won and lost together, of which the rate is. */
  decided: count,
  win_rate_percent: percent,
};

const outcome = {
  /** Open deals as they are now; the days asked for say nothing about them. */
  open: worth.extend({
    weighted_value: value.describe("Each amount times its stage's probability"),
    weighted_total: moneyTotal,
  }),
  ...closed,
  cycle_days: z.string().nullable().describe('From opening to winning, on average, with one decimal'),
  /** The won deals of which both days are known. */
  cycles: count,
};

const stageShape = {
  stage: z.object({ id: z.uuid(), name: z.string(), kind: z.enum(stageKinds), probability_percent: z.int() }),
  pipeline_id: z.uuid(),
  pipeline: namedReference,
};
const periodShape = { from: z.string(), to: z.string() };
const ownerShape = { owner_id: z.uuid().nullable(), owner: namedReference.nullable() };
const teamShape = { team_id: z.uuid().nullable(), team: namedReference.nullable() };
const productShape = { product_id: z.uuid().nullable(), product: namedReference.nullable() };
const regionShape = { region: z.string().nullable() };

const activity = Object.fromEntries(activityFigureKinds.map((kind) => [kind, count])) as Record<
  ActivityFigureKind,
  typeof count
>;

export const dealFigures = z.object({
  ...outcome,
  by_owner: z.array(z.object({ ...ownerShape, ...outcome })),
  /** What is owned by members of several teams counts in each of them. */
  by_team: z.array(z.object({ ...teamShape, ...outcome })),
  /** The amount of a deal with several products is shared between them as their lines' totals are. */
  by_product: z.array(z.object({ ...productShape, ...outcome })),
  by_region: z.array(z.object({ ...regionShape, ...outcome })),
  by_stage: z.array(z.object({ ...stageShape, ...worth.shape })),
  by_period: z.array(z.object({ ...periodShape, ...closed })),
  /** Open deals by the period in which they are expected to close; null: nobody said when. */
  forecast: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), ...outcome.open.shape })),
  rates: z
    .array(z.object({ currency: z.string(), rate: z.string() }))
    .describe('What one unit of each other currency is worth today: what is open counts at it, and so do targets'),
});
export type DealFigures = z.output<typeof dealFigures>;

/** Figures by a field that people fill in: the source, or a custom field of deals that has options. */
const fieldFigures = z.object({
  field: z.string(),
  label: z.string().nullable().describe('Null: deals have no such field, or none that the caller may see'),
  groups: z.array(z.object({ value: z.string().nullable(), ...outcome })),
  contacts: z.array(z.object({ value: z.string().nullable(), ...count.shape })).describe('By their own source'),
});
export type FieldFigures = z.output<typeof fieldFigures>;

const funnelStep = z.object({
  ...stageShape,
  /** Deals that came into the stage in these days, and those of them that have been in a later one, or won. */
  entered: worth,
  advanced: worth,
  /**
   * Deals closed in the pipeline in these days that were never in an open stage of it, as most imported ones: nobody
   * knows which stages they passed.
   */
  unknown: count,
  /** Null also when the way of more than a tenth of the deals is unknown. */
  rate_percent: percent,
});
export type FunnelStep = z.output<typeof funnelStep>;

const activityFigures = z.object({
  ...activity,
  by_owner: z.array(z.object({ ...ownerShape, ...activity })),
  by_team: z.array(z.object({ ...teamShape, ...activity })),
  by_product: z.array(z.object({ ...productShape, ...activity })),
  by_region: z.array(z.object({ ...regionShape, ...activity })),
  by_period: z.array(z.object({ ...periodShape, ...activity })),
});
export type ActivityFigures = z.output<typeof activityFigures>;

export const dashboard = z
  .object({
    /** The days that were asked for; null: without a bound. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    contacts: count,
    companies: count,
    ...dealFigures.shape,
    by_field: fieldFigures.nullable().describe('Null unless "field" asks for it'),
    conversion: z.array(funnelStep),
    activity: activityFigures.describe('Calls, meetings, e-mails and notes of these days, and tasks done in them'),
  })
  .meta({ id: 'DashboardFigures' });
export type Dashboard = z.output<typeof dashboard>;
