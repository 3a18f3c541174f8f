import { z } from 'zod';
import { moneyAmount, namedReference } from '../../../kernel/contract/fields.ts';
import { stageKinds } from '../stage/contract.ts';

const day = z.iso.date({ error: 'Write a date that exists, such as 2026-11-20' });

export const dashboardQuery = z
  .strictObject({
    from: day.optional().describe('First day on which a deal that counts as won or lost was closed'),
    to: day.optional().describe('Last such day'),
    period: z.enum(['month', 'quarter']).default('month'),
    pipeline_id: z.uuid().optional(),
    owner_id: z.uuid().optional(),
    team_id: z.uuid().optional(),
    product_id: z.uuid().optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, { path: ['to'], error: 'This must not be before "from"' });
export type DashboardQuery = z.output<typeof dashboardQuery>;

/** The list of the rows behind a figure: `GET` of the resource with this filter as JSON. */
const rows = z.object({
  resource: z.enum(['contact', 'company', 'deal']),
  filter: z.record(z.string(), z.unknown()).nullable(),
});

const count = z.object({ count: z.int(), rows });
/** One sum per currency. */
const value = z.array(moneyAmount);
const percent = z.string().nullable().describe('Of won and lost deals together, with one decimal; null without any');

const closed = { won: count.extend({ value }), lost: count.extend({ value }), win_rate_percent: percent };

const outcome = {
  /** Open deals as they are now; `from` and `to` say nothing about them. */
  open: count.extend({ value, weighted_value: value.describe("Each amount times its stage's probability") }),
  ...closed,
  cycle_days: z.string().nullable().describe('From opening to winning, on average, with one decimal'),
};

const stageFigures = z.object({
  stage: z.object({ id: z.uuid(), name: z.string(), kind: z.enum(stageKinds), probability_percent: z.int() }),
  pipeline_id: z.uuid(),
  ...count.shape,
  value,
});

export const dashboard = z
  .object({
    contacts: count,
    companies: count,
    ...outcome,
    by_owner: z.array(z.object({ owner_id: z.uuid().nullable(), owner: namedReference.nullable(), ...outcome })),
    /** The amount of a deal with several products is shared between them as their lines' totals are. */
    by_product: z.array(z.object({ product_id: z.uuid().nullable(), product: namedReference.nullable(), ...outcome })),
    by_stage: z.array(stageFigures),
    by_period: z.array(z.object({ from: z.string(), to: z.string(), ...closed })),
  })
  .meta({ id: 'Dashboard' });
export type Dashboard = z.output<typeof dashboard>;
