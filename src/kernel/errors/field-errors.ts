import type { z } from 'zod';
import { errors_max, type FieldError, type Problem, problems } from './problem.ts';

/** A 422 for Zod's issues. `path` precedes each field. */
export function invalidBy({ issues }: z.ZodError, path = ''): Problem {
  const errors = fieldErrors({ issues }, path);
  // One issue has all unknown keys of an object.
  const found = issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  return problems.invalid(errors, found - errors.length);
}

/** Zod's issues as field errors, as many as an answer names. */
export function fieldErrors({ issues }: Pick<z.ZodError, 'issues'>, path = ''): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    if (errors.length >= errors_max) break;
    const field = [path, ...issue.path.map(String)].filter(Boolean).join('.') || 'body';
    if (issue.code !== 'unrecognized_keys') errors.push({ field, code: issue.code, message: wording(issue) });
    else
      for (const key of issue.keys.slice(0, errors_max - errors.length))
        errors.push({
          field: [field === 'body' ? '' : field, key].filter(Boolean).join('.'),
          code: 'unknown_field',
          message: 'There is no such field here, or it cannot be set',
        });
  }
  return errors;
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
    return issue.origin === 'array'
      ? `At most ${issue.maximum} are allowed here`
      : `This may be at most ${issue.maximum}`;
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'string')
      return issue.minimum === 1 ? 'This must not be empty' : `Write at least ${issue.minimum} characters`;
    if (issue.origin !== 'array') return `This must be at least ${issue.minimum}`;
    return issue.minimum === 1 ? 'At least one is needed' : `At least ${issue.minimum} are needed`;
  }
  if (issue.code === 'invalid_value') return `Choose one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type' && (issue.input ?? null) === null) return 'This is required';
  if (isOwn) return issue.message;
  if (issue.code === 'invalid_type') return wrongType[issue.expected] ?? `This must be of the type ${issue.expected}`;
  if (issue.code === 'invalid_format') return `This must have the form ${issue.format}`;
  return 'This value is not valid here';
}
