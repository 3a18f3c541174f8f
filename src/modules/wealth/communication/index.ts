import { owned } from '../../../kernel/access/table-rule.ts';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, findRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { communication } from './contract.ts';

async function checkNew(_: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap(({ body }, at): FieldError[] =>
    typeof body === 'string' && body.trim() !== ''
      ? []
      : [{ field: `${errorPath(at)}body`, code: 'required', message: 'Write the text or a summary' }],
  );
  if (errors.length > 0) throw problems.invalid(errors);
  const now = new Date().toISOString();
  return inputs.map((input) => ({ ...input, occurred_at: input.occurred_at ?? now }));
}

/** The database refuses it too (app.keep_communication), whoever asks. */
async function refuseKept(ctx: Context, id: string): Promise<void> {
  const row = await findRow(ctx, communication, id);
  if (row && (row.kept_until as string) >= new Date().toISOString().slice(0, 10))
    throw problems.conflict(`It is kept until ${row.kept_until}, six years from when it was written down.`, 'kept');
}

export const communicationType: RecordType = {
  resource: communication,
  rule: owned('communication', 'household', null, {
    reach: [byHousehold()],
    rows: { append: partOfHousehold('communication').append! },
    note: 'Whoever may change a household may log communications with it.',
  }),
  rules: { beforeCreate: checkNew, beforeDelete: refuseKept },
};
