import { owned } from '../../../kernel/access/table-rule.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type FieldError, invalidField, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { fromToday } from '../period.ts';
import { compareToWhole, type Share } from '../shares.ts';
import { type RelationshipKind, relationship, sharedKinds } from './contract.ts';

async function checkNew(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap((input, index) => sidesOf(input, errorPath(index)));
  if (errors.length > 0) throw problems.invalid(errors);
  for (const [index, input] of inputs.entries())
    await checkShares(ctx, input, inputs.slice(0, index), errorPath(index));
  return fromToday(ctx, inputs);
}

/** Each side is one person or one entity, and not the same. */
function sidesOf({ contact_id, legal_entity_id, of_contact_id, of_entity_id }: Values, path: string): FieldError[] {
  const error = (field: string, code: string, message: string) => [{ field: `${path}${field}`, code, message }];
  if (contact_id && legal_entity_id)
    return error('legal_entity_id', 'not_allowed', 'Name a person or an entity, not both');
  if (of_contact_id && of_entity_id)
    return error('of_entity_id', 'not_allowed', 'Name a person or an entity, not both');
  if (!contact_id && !legal_entity_id) return error('contact_id', 'required', 'Name a person or an entity');
  if (!of_contact_id && !of_entity_id) return error('of_contact_id', 'required', 'Name a person or an entity');
  if ((contact_id && contact_id === of_contact_id) || (legal_entity_id && legal_entity_id === of_entity_id))
    return error(of_contact_id ? 'of_contact_id' : 'of_entity_id', 'not_allowed', 'Nobody is related to themselves');
  return [];
}

/** What owners have together, or beneficiaries of one rank, is no more than the whole. */
async function checkShares(ctx: Context, input: Values, others: Values[], path = '', id?: string): Promise<void> {
  const { kind, share_numerator: numerator, share_denominator: denominator } = input;
  if ((numerator ?? null) === null && (denominator ?? null) === null) return;
  const wrong = (message: string) => invalidField(`${path}share_numerator`, 'not_allowed', message);
  if (!sharedKinds.includes(kind as RelationshipKind)) throw wrong('Only owners and beneficiaries have a share');
  if (!numerator || !denominator) throw wrong('A share has a numerator and a denominator, such as 1 and 3');
  const of_contact_id = (input.of_contact_id ?? null) as string | null;
  const of_entity_id = (input.of_entity_id ?? null) as string | null;
  const there = await ctx.tx.many<Share>(sql`select r.share_numerator, r.share_denominator from relationship r
    where r.tenant_id = ${ctx.tenant_id} and r.kind = ${kind} and r.share_numerator is not null and r.until_on is null
    and r.id is distinct from ${id ?? null}::uuid
    and r.of_contact_id is not distinct from ${of_contact_id}::uuid and r.of_entity_id is not distinct from ${of_entity_id}::uuid`);
  const alike = others.filter(
    (other) =>
      other.kind === kind &&
      other.share_numerator &&
      (other.of_contact_id ?? null) === of_contact_id &&
      (other.of_entity_id ?? null) === of_entity_id,
  );
  if (compareToWhole([...there, ...alike, input] as unknown as Share[]) > 0)
    throw wrong('Together with the shares of others this is more than the whole');
}

async function checkChange(ctx: Context, id: string, input: Values): Promise<Values> {
  if (input.share_numerator === undefined && input.share_denominator === undefined) return input;
  await checkShares(ctx, { ...(await getRow(ctx, relationship, id)), ...input }, [], '', id);
  return input;
}

export const relationshipType: RecordType = {
  resource: relationship,
  rule: owned('relationship', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('relationship'),
    note: 'Whoever may change a household may change its relationships.',
  }),
  rules: { beforeCreate: checkNew, beforeUpdate: checkChange },
};
