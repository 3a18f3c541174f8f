import type { z } from 'zod';
import { type Filter, parseFilter } from '../../../kernel/resource/filter.ts';
import { listRows, tenantFieldsFor } from '../../../kernel/resource/list.ts';
import { MoneySums } from '../../../kernel/resource/money.ts';
import { getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { readExchange, totalOf } from '../currency/index.ts';
import { deal } from '../deal/contract.ts';
import { pipeline, type pipelineStage } from '../pipeline/contract.ts';
import { type board, boardCard, type boardColumn, type boardQuery } from './contract.ts';
import { type ColumnSum, columnSums } from './queries.ts';

type Stage = z.output<typeof pipelineStage>;
type Column = z.output<typeof boardColumn>;

const day_ms = 86_400_000;

/** A pipeline's columns with their sums and first cards, read in two round trips however many columns there are. */
export async function readBoard(
  ctx: Context,
  pipelineId: string,
  query: z.output<typeof boardQuery>,
): Promise<z.output<typeof board>> {
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter);
  const [row, exchange, fields] = await Promise.all([
    getRow(ctx, pipeline, pipelineId),
    readExchange(ctx),
    tenantFieldsFor(ctx, query),
  ]);
  const stages = row.stages as Stage[];
  const ids = stages.map((stage) => stage.id);
  const [sums, ...columns] = await Promise.all([
    columnSums(ctx, exchange, ids, filter, fields),
    ...stages.map((stage) => readCards(ctx, stage, filter, query.limit)),
  ]);
  const own = ids.map((id) => sums.filter((sum) => sum.stage_id === id));
  return {
    pipeline: { id: row.id as string, name: row.name as string },
    columns: columns.map((column, i) => ({ ...column, ...figures(own[i]!, exchange.currency) })),
  };
}

/** A page of the list of deals, so that its cursor leads on in that list. */
async function readCards(
  ctx: Context,
  stage: Stage,
  filter: Filter | undefined,
  limit: number,
): Promise<Pick<Column, 'stage' | 'cards' | 'next'>> {
  const inStage: Filter = { field: 'stage_id', op: 'eq', value: stage.id };
  // No deeper than the filter itself where that is possible: it may be as deep as filters go.
  const parts = filter && ('and' in filter ? filter.and : [filter]);
  const list = { filter: JSON.stringify(parts ? { and: [inStage, ...parts] } : inStage), sort: 'position' };
  const page = await listRows(ctx, deal, { ...list, limit, count: 'false', trashed: 'false' });
  return {
    stage,
    cards: page.data.map((row) => cardOf(row, stage)),
    next: page.next_cursor === null ? null : { ...list, cursor: page.next_cursor },
  };
}

function cardOf(row: Values, stage: Stage): z.output<typeof boardCard> {
  const age_ms = Date.now() - Date.parse(row.stage_entered_at as string);
  const rotting = stage.kind === 'open' && stage.rotting_days !== null && age_ms > stage.rotting_days * day_ms;
  // Drops what a card does not show.
  return boardCard.parse({ ...row, rotting });
}

function figures(own: ColumnSum[], currency: string): Pick<Column, 'count' | 'rotting_count' | 'amounts' | 'total'> {
  const amounts = new MoneySums();
  for (const sum of own) amounts.add(sum.amount, sum.currency);
  return {
    count: own.reduce((total, sum) => total + sum.count, 0),
    rotting_count: own.reduce((total, sum) => total + sum.rotting, 0),
    amounts: amounts.list(currency),
    total: totalOf(currency, own),
  };
}
