import { z } from 'zod';

/** The factors of a model: categories, of which a deal has one or several values, and numbers. */
export const categoryFactors = ['pipeline', 'source', 'owner', 'product', 'industry', 'country', 'weekday'] as const;
export const numberFactors = ['employees', 'amount', 'won_before', 'lost_before'] as const;
export const factors = [...categoryFactors, ...numberFactors] as const;

export const verdicts = ['not_enough_history', 'no_better_than_chance', 'in_use'] as const;

const factor = z.enum(factors);
const value = z.string().describe('As people read it: a name, a number; empty when it is not known');

const reason = z.object({
  kind: z.enum(['model', 'rule']),
  factor: factor.nullable().describe('Of the model'),
  values: z
    .array(value)
    .nullable()
    .describe('What the deal has there; null: of a company that the caller may not read'),
  rule: z.object({ id: z.uuid().nullable(), name: z.string() }).nullable(),
  points: z.int().nullable().describe('null, as the id: of a rule that is gone, or not the caller’s to see'),
  text: z.string().describe('In words, such as "Product GTX Pro: +8"'),
});

export const dealScore = z
  .object({
    deal_id: z.uuid(),
    score: z.int().nullable().describe('0 to 100; null when there is neither a model nor a rule'),
    base: z.int().nullable().describe('What it starts from, before the reasons'),
    base_is: z
      .enum(['average_deal', 'share_won', 'half'])
      .describe('average_deal: by the model; share_won: of all closed deals; half: too little history'),
    model_points: z.int().describe('What the reasons of the model add up to'),
    rule_points: z.int().describe('What the rules add up to'),
    reasons: z.array(reason).describe('The weightiest first'),
    scored_at: z.iso.datetime(),
    is_current: z.boolean().describe('false: the deal is closed, and this is what it came to before'),
  })
  .meta({ id: 'DealScore' });
export type DealScore = z.output<typeof dealScore>;

export const contactPoints = z
  .object({
    contact_id: z.uuid(),
    points: z.int(),
    rules: z.array(z.object({ id: z.uuid(), name: z.string(), points: z.int() })),
  })
  .meta({ id: 'ContactPoints' });

const span = z.object({ deals: z.int(), from: z.iso.date(), to: z.iso.date() });
const share = z.number().min(0).max(1);

export const judgement = z.object({
  learnt_from: span.describe('The earlier closings'),
  judged_by: span.extend({ won: z.int() }).describe('The later ones, of which the model knew nothing'),
  auc: z.object({ value: share, low: share, high: share }).describe('With the bounds of its 95 % confidence interval'),
  brier: share,
  brier_of_base_rate: share.describe('Of holding every deal for as likely as the earlier ones were won'),
  won_share: share,
  deciles: z
    .array(z.object({ deals: z.int(), expected: share, won_share: share, lift: z.number() }))
    .describe('The deals it was judged by in ten parts, the likeliest first'),
});

const effect = z.object({
  factor,
  value: value.nullable().describe('null: of each doubling, about, of a number'),
  points: z.number().describe('Against the average deal'),
});

export const scoreModel = z
  .object({
    verdict: z.enum(verdicts),
    won: z.int(),
    lost: z.int(),
    needed: z.object({ closed: z.int(), of_each_outcome: z.int() }),
    fitted_at: z.iso.datetime().nullable(),
    is_being_fitted: z.boolean(),
    judgement: judgement.nullable(),
    effects: z.array(effect).describe('What it has learned, the weightiest first'),
  })
  .meta({ id: 'ScoreModel' });

export const fittingJob = z
  .object({ job_id: z.uuid().nullable().describe('null: one waits already') })
  .meta({ id: 'ScoreFitting' });
