import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Clock, date, time } from '../clock.ts';
import { insertRows } from '../insert.ts';
import {
  closeReasons,
  currencyRates,
  customFields,
  pipelines,
  products,
  scoringRules,
  tags,
} from './words/business.ts';

export interface Vocabulary {
  productIds: Map<string, string>;
  pipelineIds: Map<string, string>;
  /** By `pipeline/stage`. */
  stageIds: Map<string, string>;
  /** By outcome. */
  reasonIds: Map<string, string[]>;
  tagIds: Map<string, string>;
}

/** Products, pipelines, reasons, tags and custom fields: what records are sorted by. */
export async function setUp(ctx: Context, clock: Clock): Promise<Vocabulary> {
  const since = { created_at: time(clock.daysAgo(790)), updated_at: time(clock.daysAgo(790)) };
  const productIds = new Map(products.map(({ sku }) => [sku as string, uuidV7()]));
  const pipelineIds = new Map(pipelines.map(({ name }) => [name as string, uuidV7()]));
  const tagIds = new Map(tags.map(({ name }) => [name, uuidV7()]));
  const stageIds = new Map<string, string>();
  const stages = pipelines.flatMap((pipeline) =>
    pipeline.stages.map(({ name, kind, probability, rotting }, position) => {
      const id = uuidV7();
      stageIds.set(`${pipeline.name}/${name}`, id);
      const pipeline_id = pipelineIds.get(pipeline.name);
      return {
        id,
        pipeline_id,
        name,
        kind,
        probability_percent: probability,
        rotting_days: rotting,
        position: position + 1,
        ...since,
      };
    }),
  );
  const reasons = Object.entries(closeReasons).flatMap(([outcome, names]) =>
    names.map((name) => ({ id: uuidV7(), name, outcome, ...since })),
  );
  await insertRows(
    ctx,
    'product',
    products.map(({ sku, name, family, price }) => ({
      id: productIds.get(sku),
      external_id: sku,
      name,
      family,
      unit_price: Math.round(price * 100),
      currency: 'EUR',
      active: true,
      ...since,
    })),
  );
  await insertRows(
    ctx,
    'pipeline',
    pipelines.map(({ name }, i) => ({ id: pipelineIds.get(name), name, position: i + 1, ...since })),
  );
  await insertRows(ctx, 'stage', stages);
  await insertRows(ctx, 'close_reason', reasons);
  await insertRows(
    ctx,
    'tag',
    tags.map(({ name, color }) => ({ id: tagIds.get(name), name, color, ...since })),
  );
  await insertRows(
    ctx,
    'custom_field',
    customFields.map((field, position) => ({ id: uuidV7(), ...field, position, required: false, ...since })),
  );
  await insertRows(
    ctx,
    'currency_rate',
    currencyRates.map(([currency, days, rate]) => ({
      id: uuidV7(),
      currency,
      valid_on: date(clock.daysAgo(days)),
      rate,
      ...since,
    })),
  );
  await insertRows(
    ctx,
    'scoring_rule',
    scoringRules.map((rule) => ({ id: uuidV7(), ...rule, active: true, ...since })),
  );
  const reasonIds = new Map(
    [...Map.groupBy(reasons, ({ outcome }) => outcome)].map(([outcome, group]) => [outcome, group.map(({ id }) => id)]),
  );
  return { productIds, pipelineIds, stageIds, reasonIds, tagIds };
}
