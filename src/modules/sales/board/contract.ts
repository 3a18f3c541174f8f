import { z } from 'zod';
import { moneyAmount, namedReference } from '../../../kernel/contract/fields.ts';
import { moneyTotal } from '../currency/contract.ts';
import { pipelineStage } from '../pipeline/contract.ts';

export const boardQuery = z.strictObject({
  filter: z.string().max(20_000).optional().describe('As of the list of deals'),
  limit: z.coerce.number().int().min(1).max(100).default(30).describe('Cards per column'),
});

export const boardCard = z.object({
  id: z.uuid(),
  name: z.string(),
  amount: z.string().nullable(),
  currency: z.string(),
  company: namedReference.nullable(),
  owner: namedReference.nullable(),
  score: z.int().nullable(),
  expected_close_on: z.string().nullable(),
  stage_entered_at: z.string(),
  /** It has been in its stage for longer than the stage allows. */
  rotting: z.boolean(),
  version: z.int(),
});

export const boardColumn = z.object({
  stage: pipelineStage,
  count: z.int(),
  rotting_count: z.int(),
  /** One sum per currency. */
  amounts: z.array(moneyAmount),
  /** The same in the workspace's currency. */
  total: moneyTotal,
  cards: z.array(boardCard),
  /** The query of `GET /api/v1/deals` that answers the cards after these; null when there are none. */
  next: z.object({ filter: z.string(), sort: z.string(), cursor: z.string() }).nullable(),
});

export const board = z.object({ pipeline: namedReference, columns: z.array(boardColumn) }).meta({ id: 'Board' });
