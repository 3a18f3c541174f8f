import { owned } from '../../../kernel/access/table-rule.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { readToday } from '../period.ts';
import { suitabilityProfile } from './contract.ts';

/** It is of the household, or of somebody who belongs to it. What does not say when it was reviewed, was today. */
async function checkNew(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const ofPeople = inputs.filter(({ contact_id }) => contact_id);
  const members = await ctx.tx.many<{
    household_id: string;
    contact_id: string;
  }>(sql`select m.household_id, m.contact_id
    from household_member m where m.tenant_id = ${ctx.tenant_id} and (m.until_on is null or m.until_on >= app.today())
    and m.household_id = any (${ofPeople.map(({ household_id }) => household_id)}::uuid[])
    and m.contact_id = any (${ofPeople.map(({ contact_id }) => contact_id)}::uuid[])`);
  const pair = ({ household_id, contact_id }: Values) => `${household_id} ${contact_id}`.toLowerCase();
  const known = new Set(members.map((one) => pair({ ...one })));
  const errors = inputs.flatMap((input, at): FieldError[] =>
    input.contact_id && !known.has(pair(input))
      ? [
          {
            field: `${errorPath(at)}contact_id`,
            code: 'not_allowed',
            message: 'This person does not belong to the household',
          },
        ]
      : [],
  );
  if (errors.length > 0) throw problems.invalid(errors);
  const today = await readToday(ctx);
  return inputs.map((input) => ({ ...input, reviewed_on: input.reviewed_on ?? today }));
}

export const suitabilityProfileType: RecordType = {
  resource: suitabilityProfile,
  rule: owned('suitability_profile', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('suitability_profile'),
    note: 'Whoever may change a household may say what suits it.',
  }),
  rules: { beforeCreate: checkNew },
};
