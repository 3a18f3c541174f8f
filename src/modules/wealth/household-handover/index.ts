import type { z } from 'zod';
import { scopeOf } from '../../../kernel/access/rights.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { deleteRow, lockRow, updateRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { household } from '../household/contract.ts';
import { householdAdviser } from '../household-adviser/contract.ts';
import { type Handover, handover, handoverPost } from './contract.ts';
import {
  contactsToHandOver,
  furtherAccess,
  giveTasks,
  type Named,
  personNamed,
  readYesterday,
  tasksToHandOver,
} from './queries.ts';

/**
 * Gives a household to another primary adviser, with the contacts of its members and what is still to do, so that the
 * former one sees none of it any more. All of it is one change, whose reversal takes it back.
 */
async function handOver(
  ctx: Context,
  id: string,
  { to_user_id, preview }: z.output<typeof handoverPost>,
): Promise<Handover> {
  const { owner } = (await lockRow(ctx, household, id)) as { owner: Named | null };
  if (ctx.actor.user_id !== owner?.id && scopeOf(ctx.actor.rights, 'household', 'update') !== 'all')
    throw problems.forbidden('Its primary adviser hands a household over, or a manager.');
  if (!owner) throw problems.conflict('This household has no primary adviser. Set one on the household itself.');
  if (to_user_id === owner.id) throw invalidField('to_user_id', 'same', `${owner.name} is its primary adviser already`);
  const to = await personNamed(ctx, to_user_id);
  if (!to) throw invalidField('to_user_id', 'not_found', 'There is no such person, or they have no access any more');
  const contacts = await contactsToHandOver(ctx, id, owner.id);
  const tasks = await tasksToHandOver(ctx, id, owner.id, contacts);
  const access = await furtherAccess(ctx, id, owner.id);
  const own = access.filter(({ team }) => team === null);
  const plan: Handover = {
    preview, from: { id: owner.id, name: owner.name }, to, contacts, tasks, access_ended: own.length,
    still_through: access.flatMap(({ team }) => (team ? [team] : [])),
  }; // biome-ignore format: a few facts
  if (preview) return plan;
  // The household goes last: by it the former adviser reaches all the rest.
  if (tasks.length > 0) await giveTasks(ctx, tasks, owner.id, to.id);
  for (const each of contacts) await updateRow(ctx, contact, each.id, { owner_id: to.id });
  const until_on = await readYesterday(ctx);
  for (const row of own) {
    if (row.began_today) await deleteRow(ctx, householdAdviser, row.id);
    else await updateRow(ctx, householdAdviser, row.id, { until_on });
  }
  await updateRow(ctx, household, id, { owner_id: to.id });
  return plan;
}

export const handoverRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/households/{id}/handover',
    tag: 'Households',
    summary: 'Give a household to another primary adviser, with its people and open tasks',
    access: { resource: 'household', action: 'update' },
    params: idParams,
    body: handoverPost,
    response: handover,
    status: 200,
    handler: async (ctx, { params, body }) => ({ body: await handOver(ctx, params.id.toLowerCase(), body) }),
  }),
];
