import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import { isHiddenField } from '../../../kernel/resource/custom.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { StageRow } from '../stage/index.ts';
import { type AskingStage, askingStages, customDefaults, wholeCustom } from './queries.ts';

const custom_prefix = 'custom.';

/** The value of a field, `custom.<key>` of the tenant's own. */
export type FieldReader = (name: string) => unknown;

/** What a stage asks for and a deal does not have. */
export const missingFor = ({ required_fields }: Pick<AskingStage, 'required_fields'>, held: FieldReader): string[] =>
  required_fields.filter((name) => {
    const value = held(name);
    return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  });

/** A field of the tenant's own, or one that every deal has. */
export const fieldReader =
  (values: Values, custom: Values): FieldReader =>
  (name) =>
    name.startsWith(custom_prefix) ? custom[name.slice(custom_prefix.length)] : values[name];

/**
 * What a stage asks of a deal that comes to it, whether or not whoever moves it sees that. One that is there already
 * may go on without.
 */
export async function checkRequired(ctx: Context, stage: StageRow, current: Values, change: Values): Promise<void> {
  if (stage.id === current.stage_id || stage.required_fields.length === 0) return;
  const custom = { ...(await wholeCustom(ctx, current.id as string)), ...(change.custom as Values | undefined) };
  const missing = missingFor(stage, fieldReader({ ...current, ...change }, custom));
  if (missing.length === 0) return;
  throw problems.invalid(
    errorsFor(ctx, missing, {
      seen: { message: `A deal needs this before it moves to "${stage.name}"` },
      unseen: { message: `A deal needs a field that you do not see before it moves to "${stage.name}"` },
    }),
  );
}

function errorsFor(
  ctx: Context,
  missing: readonly string[],
  say: Record<'seen' | 'unseen', Pick<FieldError, 'message'>>,
): FieldError[] {
  const code = 'required_by_stage';
  const seen = missing.filter((name) => !isHiddenField(ctx, 'deal', name));
  const errors = seen.map((field) => ({ field, code, ...say.seen }));
  return seen.length < missing.length ? [...errors, { field: 'custom', code, ...say.unseen }] : errors;
}

/**
 * What each of these new deals lacks for the stage it is to begin in. Products make the amount: where both are missing,
 * they are asked for.
 */
export async function missingRequiredFields(ctx: Context, inputs: readonly Values[]): Promise<FieldError[][]> {
  const stages = await askingStages(ctx, inputs.map(({ stage_id }) => stage_id)); // biome-ignore format: one call
  if (stages.size === 0) return inputs.map(() => []);
  const defaults = await customDefaults(ctx);
  return inputs.map((input) => {
    const stage = stages.get(input.stage_id as string);
    if (!stage) return [];
    const missing = missingFor(stage, fieldReader(asMade(ctx, input), { ...defaults, ...(input.custom as Values) }));
    const asked = missing.includes('lines') ? missing.filter((name) => name !== 'amount') : missing;
    return errorsFor(ctx, asked, {
      seen: { message: `A deal needs this to begin in "${stage.name}"` },
      unseen: { message: `A deal needs a field that you do not see to begin in "${stage.name}"` },
    });
  });
}

/** With what nobody has to say: who makes a deal owns it, and products make its amount. */
const asMade = ({ actor }: Context, input: Values): Values => ({
  owner_id: actor.user_id,
  ...((input.lines as unknown[] | undefined)?.length && { amount: '0' }),
  ...input,
});

export async function checkNew(ctx: Context, inputs: readonly Values[], errorPath: ErrorPath): Promise<void> {
  const errors = (await missingRequiredFields(ctx, inputs)).flatMap((lacking, index) =>
    lacking.map((error) => ({ ...error, field: errorPath(index) + error.field })),
  );
  if (errors.length > 0) throw problems.invalid(errors);
}
