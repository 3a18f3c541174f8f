import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { type ErrorPath, getRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { withText } from '../mention/index.ts';
import type { RecordName } from '../subject.ts';
import { findTypes } from '../subject-queries.ts';
import { type Audience, comment } from './contract.ts';
import { findHeads, type Head } from './queries.ts';

/** A reply belongs to the record of the comment it answers, whether or not the request says so. */
export async function prepareComments(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const answered = inputs.flatMap(({ parent_id }) => (parent_id ? (parent_id as string).toLowerCase() : []));
  const heads = new Map((answered.length > 0 ? await findHeads(ctx, answered) : []).map((head) => [head.id, head]));
  const placed = inputs.map((input, index) => ({
    ...input,
    ...(input.parent_id ? { record_id: recordOfHead(input, heads, errorPath(index)) } : {}),
    ...(ctx.actor.rights.outside ? { audience: audienceOutside(input, errorPath(index)) } : {}),
  }));
  requireRecord(placed, errorPath);
  const types = await findTypes(ctx, [...new Set(placed.map(({ record_id }) => (record_id as string).toLowerCase()))]);
  const prepared: Values[] = [];
  for (const [index, input] of placed.entries()) {
    const id = (input.record_id as string).toLowerCase();
    const type = types.get(id);
    const writing = {
      attached: 'comment',
      records: type ? [{ type, id }] : [],
      author_id: ctx.actor.user_id,
      path: errorPath(index),
    } as const;
    prepared.push(await withText(ctx, input, writing));
  }
  return prepared;
}

/** What somebody says who is no member is public: of what is internal they know nothing. */
function audienceOutside({ audience = 'public' }: Values, path: string): Audience {
  if (audience === 'public') return audience;
  throw invalidField(
    `${path}audience`,
    'not_allowed',
    'An internal comment can be made by members of the workspace only',
  );
}

function requireRecord(inputs: Values[], errorPath: ErrorPath): void {
  const message = 'Say to which contact, company, deal or other record the comment belongs';
  const errors = inputs.flatMap(({ record_id }, index) =>
    record_id ? [] : { field: `${errorPath(index)}record_id`, code: 'required', message },
  );
  if (errors.length > 0) throw problems.invalid(errors);
}

export async function prepareChange(ctx: Context, id: string, input: Values): Promise<Values> {
  const row = await getRow(ctx, comment, id);
  return withText(ctx, input, {
    attached: 'comment',
    records: row.record ? [row.record as RecordName] : [],
    author_id: row.author_id as string | null,
    mentioned: row.mentions as string[],
    path: '',
  });
}

function recordOfHead(input: Values, heads: ReadonlyMap<string, Head>, path: string): string {
  const head = heads.get((input.parent_id as string).toLowerCase());
  const refuse = (code: string, message: string) => invalidField(`${path}parent_id`, code, message);
  if (!head) throw refuse('no_such_record', 'The comment no longer exists, or you cannot see it');
  if (head.parent_id) throw refuse('not_allowed', 'A reply cannot be answered by itself: answer the comment above it');
  const given = input.record_id as string | null | undefined;
  if (given && given.toLowerCase() !== head.record_id)
    throw invalidField(
      `${path}record_id`,
      'not_allowed',
      'A reply belongs to the same record as the comment it answers',
    );
  return head.record_id;
}
