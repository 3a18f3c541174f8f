import { invalidField } from '../../kernel/errors/problem.ts';
import { type ErrorPath, getRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { withText } from '../mention/index.ts';
import { requireSubject, subjectColumns, subjectOf } from '../subject.ts';
import { comment } from './contract.ts';
import { findHeads, type Head } from './queries.ts';

/** A reply belongs to the record of the comment it answers, whether or not the request says so. */
export async function prepareComments(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const answered = inputs.flatMap(({ parent_id }) => (parent_id ? (parent_id as string).toLowerCase() : []));
  const heads = new Map((answered.length > 0 ? await findHeads(ctx, answered) : []).map((head) => [head.id, head]));
  const placed = inputs.map((input, index) =>
    input.parent_id ? { ...input, ...subjectOfHead(input, heads, errorPath(index)) } : input,
  );
  requireSubject(placed, 'comment', errorPath);
  const prepared: Values[] = [];
  for (const [index, input] of placed.entries()) {
    refuseSeveral(input, errorPath(index));
    const writing = {
      attached: 'comment',
      subject: input,
      author_id: ctx.actor.user_id,
      path: errorPath(index),
    } as const;
    prepared.push(await withText(ctx, input, writing));
  }
  return prepared;
}

export async function prepareChange(ctx: Context, id: string, input: Values): Promise<Values> {
  const row = await getRow(ctx, comment, id);
  return withText(ctx, input, {
    attached: 'comment',
    subject: row,
    author_id: row.author_id as string | null,
    mentioned: row.mentions as string[],
    path: '',
  });
}

function subjectOfHead(input: Values, heads: ReadonlyMap<string, Head>, path: string): Values {
  const head = heads.get((input.parent_id as string).toLowerCase());
  const refuse = (code: string, message: string) => invalidField(`${path}parent_id`, code, message);
  if (!head) throw refuse('no_such_record', 'The comment is not there any more, or not yours to see');
  if (head.parent_id) throw refuse('not_allowed', 'A reply cannot be answered by itself: answer the comment above it');
  const other = subjectColumns.find((column) => input[column] && input[column] !== head[column]);
  if (other)
    throw invalidField(
      `${path}${other}`,
      'not_allowed',
      'A reply belongs to the same record as the comment it answers',
    );
  return subjectOf(head);
}

function refuseSeveral(input: Values, path: string): void {
  const [, second] = subjectColumns.filter((column) => input[column]);
  if (second) throw invalidField(`${path}${second}`, 'not_allowed', 'A comment belongs to one record');
}
