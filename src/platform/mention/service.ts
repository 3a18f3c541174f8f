import { z } from 'zod';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { RecordName } from '../subject.ts';
import { mentions_max, text_characters_max } from './contract.ts';
import { wordsOf } from './html.ts';
import { cleanText, mentionedInText } from './parsers.ts';
import { type MentionTarget, readersAmong } from './queries.ts';

const isId = (id: string) => z.uuid().safeParse(id).success;

interface Writing {
  /** What is written. */
  attached: MentionTarget['attached'];
  /** The records that it is about, or a comment is on. */
  records: readonly RecordName[];
  author_id: string | null;
  /** Who is mentioned there already. */
  mentioned?: readonly string[];
  /** The error path of the input, before the name of its field. */
  path: string;
}

/** Cleans the text of a note or comment, and finds out whom it mentions: only those whom it reaches may be. */
export async function withText(ctx: Context, input: Values, writing: Writing): Promise<Values> {
  if (input.body === undefined) return input;
  const field = `${writing.path}body`;
  const html = input.body as string;
  const ids = (await orRefused(field, mentionedInText(html, ctx.actor))).filter(isId);
  if (ids.length > mentions_max)
    throw invalidField(field, 'too_many', `Mention at most ${mentions_max} people at once`);
  const names = ids.length > 0 ? await namesOf(ctx, ids, writing, field) : undefined;
  const body = await orRefused(field, cleanText(html, names, ctx.actor));
  if (body.length > text_characters_max)
    throw invalidField(field, 'too_big', `Write at most ${text_characters_max} characters`);
  if (wordsOf(body) === '') throw invalidField(field, 'too_small', 'This must not be empty');
  return { ...input, body, mentions: [...(names?.keys() ?? [])] };
}

const orRefused = <Result>(field: string, read: Promise<Result>): Promise<Result> =>
  read.catch((error: unknown) => {
    throw error instanceof ParseError ? invalidField(field, error.code, error.message) : error;
  });

/** The names of those who are mentioned. Refuses whoever is newly mentioned and would not be reached. */
async function namesOf(
  ctx: Context,
  ids: readonly string[],
  { attached, records, author_id, mentioned = [] }: Writing,
  field: string,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const unreached = new Map<string, string>();
  const reached = new Set<string>();
  for (const { type: noun, id: record_id } of records) {
    for (const person of await readersAmong(ctx, { noun, record_id, attached, author_id }, ids, mentioned)) {
      names.set(person.id, person.name);
      if (person.may_read) reached.add(person.id);
      else if (!mentioned.includes(person.id)) unreached.set(person.id, noun);
    }
  }
  // Whoever reads one of the records reads what is written.
  for (const id of reached) unreached.delete(id);
  const refused = [
    ...[...unreached].map(([id, noun]) => ({
      field,
      code: 'no_access',
      message: `${names.get(id)} may not read this ${noun} or its ${attached}s, so the mention would not reach them. Take it out, or ask an administrator to give them access.`,
    })),
    ...ids
      .filter((id) => !names.has(id) && !mentioned.includes(id))
      .map(() => ({ field, code: 'no_such_record', message: 'Somebody is mentioned who is not in this workspace' })),
  ];
  if (refused.length > 0) throw problems.invalid(refused);
  return names;
}
