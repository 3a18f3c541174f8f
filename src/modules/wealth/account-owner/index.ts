import type { z } from 'zod';
import { idParams, listQuery } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import { route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { createRows, type ErrorPath, itemPath, lockRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { ofAccount } from '../account-reach.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { fromToday, readToday } from '../period.ts';
import { accountOwner, owners, owners_max, ownersPut } from './contract.ts';

/**
 * One of them owns: a person or an entity. What all have together is checked by the database when the request is
 * through.
 */
async function checkNew(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap(({ contact_id, legal_entity_id }, at): FieldError[] => {
    if (Boolean(contact_id) !== Boolean(legal_entity_id)) return [];
    const [field, code] = contact_id ? ['legal_entity_id', 'not_allowed'] : ['contact_id', 'required'];
    return [{ field: `${errorPath(at)}${field}`, code: code!, message: 'Name a person or an entity' }];
  });
  if (errors.length > 0) throw problems.invalid(errors);
  return fromToday(ctx, inputs);
}

/** Puts others in the place of those who own an account now, from a day on. Who stays the same stays as a row. */
async function putOwners(ctx: Context, account_id: string, input: z.output<typeof ownersPut>): Promise<Values[]> {
  await lockRow(ctx, financialAccount, account_id);
  const from_on = input.from_on ?? (await readToday(ctx));
  await checkNew(ctx, input.data, (index) => `data.${index}.`);
  const there = await ctx.tx.many<
    Values & { id: string }
  >(sql`select id, contact_id, legal_entity_id, role, share_numerator, share_denominator
    from account_owner where tenant_id = ${ctx.tenant_id} and account_id = ${account_id} and until_on is null`);
  const same = (a: Values, b: Values) =>
    (['contact_id', 'legal_entity_id', 'role', 'share_numerator', 'share_denominator'] as const).every(
      (key) => (a[key] ?? null) === (b[key] ?? null),
    );
  const leaving = there.filter((old) => !input.data.some((one) => same(one, old))).map(({ id }) => id);
  const joining = input.data.filter((one) => !there.some((old) => same(one, old)));
  await ctx.tx.run(sql`delete from account_owner where tenant_id = ${ctx.tenant_id} and id = any (${leaving}::uuid[])
    and from_on >= ${from_on}::date`);
  await ctx.tx.run(sql`update account_owner set until_on = ${from_on}::date - 1
    where tenant_id = ${ctx.tenant_id} and id = any (${leaving}::uuid[])`);
  const rows = joining.map((one) => ({ ...one, account_id, from_on }));
  if (rows.length > 0) await createRows(ctx, accountOwner, rows, {}, itemPath);
  const filter = {
    and: [
      { field: 'account_id', op: 'eq', value: account_id },
      { field: 'until_on', op: 'is_empty' },
    ],
  };
  const { data } = await listRows(
    ctx,
    accountOwner,
    listQuery.parse({ filter: JSON.stringify(filter), limit: owners_max }),
  );
  return data;
}

export const accountOwnerType: RecordType = {
  resource: accountOwner,
  rule: ofAccount('account_owner'),
  rules: { beforeCreate: checkNew },
  routes: [
    route({
      method: 'PUT',
      path: '/api/v1/financial-accounts/{id}/owners',
      tag: 'Account owners',
      summary: 'Set who owns an account and who gets it next, all together',
      access: { resource: 'household', action: 'update' },
      params: idParams,
      body: ownersPut,
      response: owners,
      handler: async (ctx, { params, body }) => ({ body: { data: await putOwners(ctx, params.id, body) } }),
    }),
  ],
};
