import type { AccountKind, Rights } from '../../access/rights.ts';
import { problems } from '../../errors/problem.ts';
import type { CrudRules } from '../../http/crud.ts';
import { getRow, type Values } from '../../resource/store.ts';
import type { Context } from '../../tenancy/context.ts';
import { rightBeyond } from '../grants.ts';
import { revokeInvitationsBeyond } from '../invitation/revocation.ts';
import { refuseGrantBeyond, refuseMeaningless, refuseOnlyMembers, refuseRoleChangeBeyond } from '../user/authority.ts';
import { lockGrants } from '../user/queries.ts';
import { role } from './contract.ts';

/**
 * Preset roles cannot be changed, because they gain rights as the program grows; a copy can. Nobody creates, widens or
 * changes a role that allows more than they may.
 */
export const roleRules: CrudRules = {
  async beforeCreate(ctx, inputs) {
    for (const { rights, kind } of inputs) {
      refuseMeaningless(rights as Rights);
      refuseGrantBeyond(ctx, rights as Rights, 'This role');
      refuseOnlyMembers((kind as AccountKind | null | undefined) ?? 'member', rights as Rights);
    }
    return inputs.map((input) => ({ ...input, kind: input.kind ?? 'member' }));
  },
  async beforeUpdate(ctx, id, input) {
    // Gives nobody a right, so that preset roles may have one too.
    if (Object.keys(input).every((field) => field === 'home')) return input;
    // Before the role is read: somebody else may just be giving it more than the caller has.
    await lockGrants(ctx);
    const { kind, rights: before } = await refuseFixed(ctx, id);
    if (input.rights) refuseOnlyMembers(kind as AccountKind, input.rights as Rights);
    if (input.rights) refuseMeaningless(input.rights as Rights);
    if (input.rights) await refuseRoleChangeBeyond(ctx, id, input.rights as Rights);
    if (input.rights && rightBeyond(before as Rights, input.rights as Rights))
      await revokeInvitationsBeyond(ctx, id, input.rights as Rights);
    return input;
  },
  beforeDelete: async (ctx, id) => void (await refuseFixed(ctx, id)),
};

async function refuseFixed(ctx: Context, id: string): Promise<Values> {
  const row = await getRow(ctx, role, id);
  const { preset, rights } = row;
  if (preset)
    throw problems.conflict(
      'This role comes with the program and stays as it is. Make a copy and change that.',
      'preset',
    );
  refuseGrantBeyond(ctx, rights as Rights, 'This role');
  return row;
}
