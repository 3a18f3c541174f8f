import type { z } from 'zod';
import type { FieldError } from './problem.ts';

/** Zod's issues as field errors. `path` precedes each field. */
export function fieldErrors(error: z.ZodError, path = ''): FieldError[] {
  return error.issues.slice(0, 100).flatMap((issue) => {
    const field = [path, ...issue.path.map(String)].filter(Boolean).join('.') || 'body';
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [field === 'body' ? '' : field, key].filter(Boolean).join('.'),
        code: 'unknown_field',
        message: 'There is no such field here, or it cannot be set',
      }));
    }
    return [{ field, code: issue.code, message: wording(issue) }];
  });
}

/** Has issues keep what was sent, which is how a value of the wrong type is told from one that is missing. */
export const with_input = { reportInput: true } as const;

const wrongType: Record<string, string> = {
  string: 'This must be text',
  number: 'This must be a number',
  int: 'This must be a whole number',
  boolean: 'This must be true or false',
  array: 'This must be a list',
  object: 'This must be an object',
  record: 'This must be an object',
};

/** What is wrong, in the words of whoever has to put it right. The schemas of the library speak to programmers. */
export function wording(issue: z.core.$ZodIssue): string {
  // Otherwise the schema has no message, and the library its default.
  const isOwn = !/^(Invalid|Too (big|small):)/.test(issue.message);
  if (isOwn && (issue.code === 'too_big' || issue.code === 'too_small')) return issue.message;
  if (issue.code === 'too_big') {
    if (issue.origin === 'string') return `Write at most ${issue.maximum} characters`;
    return issue.origin === 'array' ? `At most ${issue.maximum} fit here` : `This may be at most ${issue.maximum}`;
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'string')
      return issue.minimum === 1 ? 'This must not be empty' : `Write at least ${issue.minimum} characters`;
    if (issue.origin !== 'array') return `This must be at least ${issue.minimum}`;
    return issue.minimum === 1 ? 'At least one is needed' : `At least ${issue.minimum} are needed`;
  }
  if (issue.code === 'invalid_value') return `Choose one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type' && (issue.input ?? null) === null) return 'This is needed';
  if (isOwn) return issue.message;
  if (issue.code === 'invalid_type') return wrongType[issue.expected] ?? `This must be of the type ${issue.expected}`;
  if (issue.code === 'invalid_format') return `This must have the form ${issue.format}`;
  return 'This value does not fit here';
}
