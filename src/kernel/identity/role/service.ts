import type { Rights } from '../../access/rights.ts';
import { problems } from '../../errors/problem.ts';
import type { CrudRules } from '../../http/crud.ts';
import { getRow } from '../../resource/store.ts';
import type { Context } from '../../tenancy/context.ts';
import { refuseGrantBeyond, refuseRoleChangeBeyond } from '../user/authority.ts';
import { role } from './contract.ts';

/**
 * Presets stay as they are, because they gain rights as the program grows; a copy is a role of one's own. Nobody makes, widens or
 * touches a role that allows more than they may.
 */
export const roleRules: CrudRules = {
  async beforeCreate(ctx, inputs) {
    for (const { rights } of inputs) refuseGrantBeyond(ctx, rights as Rights, 'This role');
    return inputs;
  },
  async beforeUpdate(ctx, id, input) {
    await refuseFixed(ctx, id);
    if (input.rights) await refuseRoleChangeBeyond(ctx, id, input.rights as Rights);
    return input;
  },
  beforeDelete: refuseFixed,
};

async function refuseFixed(ctx: Context, id: string): Promise<void> {
  const { preset, rights } = await getRow(ctx, role, id);
  if (preset)
    throw problems.conflict(
      'This role comes with the program and stays as it is. Make a copy and change that.',
      'preset',
    );
  refuseGrantBeyond(ctx, rights as Rights, 'This role');
}
