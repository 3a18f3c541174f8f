import { scopeOf } from '../../../kernel/access/rights.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { createRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { putProfile } from '../client-profile/index.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { household } from '../household/contract.ts';
import { householdAdviser } from '../household-adviser/contract.ts';
import { householdMember } from '../household-member/contract.ts';
import { legalEntity } from '../legal-entity/contract.ts';
import { relationship } from '../relationship/contract.ts';
import { dayBefore, type Plan, type Situation } from './plan.ts';
import type { Named } from './situation.ts';

/** Whether the caller may note a death: it stands in the client's profile. */
export const refuseWithoutProfile = ({ actor }: Context): void => {
  const allowed = (['create', 'update'] as const).every(
    (action) => scopeOf(actor.rights, 'client_profile', action) !== 'none',
  );
  if (!allowed)
    throw problems.forbidden('A death is noted in the profile of the client, which your role may not change.');
};

/**
 * Writes what was planned, and answers the id of the household that it made. People join a household before they leave
 * another, and accounts move before anybody loses sight of them: at each step the caller reaches what it is about.
 */
export async function apply(ctx: Context, plan: Plan, situation: Situation): Promise<string | null> {
  const created = plan.created === null ? null : await createHousehold(ctx, plan, situation);
  const idOf = (place: Named | null) => place?.id ?? created!;
  for (const { to, adviser, role } of plan.sees) if (to) await see(ctx, situation, to.id, adviser, role);
  for (const { to, contact, role } of plan.joins)
    await createRow(ctx, householdMember, { household_id: idOf(to), contact_id: contact.id, role, from_on: plan.on });
  for (const { of, member, role } of plan.roles) {
    await updateRow(ctx, householdMember, member.id, { role, from_on: plan.on });
    // What they were until then is a period of its own.
    if (member.from_on < plan.on)
      await createRow(ctx, householdMember, {
        household_id: of.id,
        contact_id: member.contact_id,
        role: member.role,
        from_on: member.from_on,
        until_on: dayBefore(plan.on),
      });
  }
  for (const { relationship: row, until_on } of plan.ends) await updateRow(ctx, relationship, row.id, { until_on });
  for (const { to, one, other } of plan.begins)
    await createRow(ctx, relationship, {
      household_id: idOf(to),
      contact_id: one.id,
      kind: 'spouse',
      of_contact_id: other.id,
      from_on: plan.on,
    });
  // A relationship stays with its household for whoever changes it by itself.
  for (const { relationship: row, to } of plan.moves)
    await updateRow(ctx, relationship, row.id, {}, undefined, { household_id: idOf(to) });
  for (const { account, to } of plan.accounts)
    await updateRow(ctx, financialAccount, account.id, { household_id: idOf(to) });
  for (const { entity, to } of plan.entities) await updateRow(ctx, legalEntity, entity.id, { household_id: idOf(to) });
  if (plan.died) await putProfile(ctx, plan.died.id, { died_on: plan.on });
  for (const { member, until_on } of plan.leaves) await updateRow(ctx, householdMember, member.id, { until_on });
  if (plan.ended) await updateRow(ctx, household, plan.ended.id, { status: 'former' });
  return created;
}

/**
 * Makes the household that people go to. It begins as the caller's own, because many may make no others; then it is
 * given to the primary adviser of the one that they come from.
 */
async function createHousehold(ctx: Context, plan: Plan, situation: Situation): Promise<string> {
  const { id } = await createRow(ctx, household, { name: plan.created, status: 'active', owner_id: ctx.actor.user_id });
  const household_id = id as string;
  for (const { to, adviser, role } of plan.sees)
    if (!to && role !== 'primary') await see(ctx, situation, household_id, adviser, role);
  const { owner_id } = situation.ours;
  if (owner_id !== ctx.actor.user_id) await updateRow(ctx, household, household_id, { owner_id });
  return household_id;
}

async function see(
  ctx: Context,
  { today }: Situation,
  household_id: string,
  { user_id, team_id, reason, until_on, from_on }: Plan['sees'][number]['adviser'],
  role: string,
): Promise<void> {
  const from = from_on > today ? from_on : today;
  const row: Values = { household_id, role, reason, until_on, from_on: from };
  await createRow(ctx, householdAdviser, { ...row, ...(user_id ? { user_id } : { team_id }) });
}
