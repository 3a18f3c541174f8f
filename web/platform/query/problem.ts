import type { Skip } from '../../../src/platform/undo/contract.ts';
import { writtenName } from '../../text/names.ts';
import { allWords, t, translateServerText } from '../../text/text.ts';

export interface FieldError {
  field: string;
  code: string;
  message: string;
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string | null;
  request_id: string | null;
  errors: FieldError[];
  /** How many more there are than `errors` has. */
  more_errors: number;
  /** For a 412, the record as it is now. */
  current: unknown;
  /** For a 404 `merged`, the record that it became part of. */
  merged_into: string | null;
  /** With 409 `nothing_to_undo`: what stood in the way. */
  skipped: readonly Skip[];
}

/** An answer that is an error, with all the server said about it. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(wordsOf(problem));
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

/** What people call a field that no form shows them: "Contact" of `data.0.contact_id`. */
export function nameOfField(path: string): string {
  const last = path.split('.').findLast((part) => Number.isNaN(Number(part))) ?? path;
  return translateServerText(writtenName(last));
}

/** What was refused field by field stands in its detail as one line, of which each part has words of its own. */
function wordsOf({ code, errors, more_errors, detail, title }: Problem): string {
  if (code !== 'validation_failed' || errors.length === 0) return translateServerText(detail ?? title);
  const words = errors.map(({ field, message }) => `${nameOfField(field)}: ${translateServerText(message)}`);
  if (more_errors > 0) words.push(t('and {count, number} more', { count: more_errors }));
  return words.join('; ');
}

/** What few problems have. */
const nothing = { request_id: null, errors: [], more_errors: 0, current: null, merged_into: null, skipped: [] };

export const readProblem = async (response: Response): Promise<ApiError> =>
  problemOf(response.status, await response.json().catch(() => null), (name) => response.headers.get(name));

/** `answer`: what was read, as far as it could be; what stands before the server answers with pages of its own. */
export async function problemOf(
  status: number,
  answer: unknown,
  header: (name: string) => string | null,
): Promise<ApiError> {
  const body = (typeof answer === 'object' && answer ? answer : {}) as Partial<Problem>;
  // It says why in English; without the words of the page's language that is better than nothing.
  await allWords().catch(() => undefined);
  const retry = Number(header('retry-after'));
  return new ApiError(
    {
      ...nothing,
      ...body,
      status,
      code: body.code ?? 'internal',
      title: body.title ?? t('Something went wrong'),
      detail: body.detail ?? (body.code ? null : unsaid(status)),
      request_id: body.request_id ?? header('x-request-id'),
      errors: Array.isArray(body.errors) ? body.errors : [],
      skipped: Array.isArray(body.skipped) ? body.skipped : [],
    },
    Number.isFinite(retry) && retry > 0 ? retry : null,
  );
}

/** What an answer means that does not say it, because it is not the server's own. */
function unsaid(status: number): string | null {
  if (status === 413) return t('It is too large for a proxy between this page and its server.');
  if (status >= 502 && status <= 504) return t('The server does not answer. Try again in a moment.');
  return null;
}

/** An error that the page found by itself: no answer of the server says it. */
export const pageError = (
  status: number,
  code: string,
  title: string,
  { detail = null, errors = [], more_errors = 0 }: Partial<Pick<Problem, 'detail' | 'errors' | 'more_errors'>> = {},
): ApiError => new ApiError({ ...nothing, status, code, title, detail, errors, more_errors });

/** The network gave no answer at all. */
export const unreachable = (): ApiError =>
  pageError(0, 'unreachable', t('The server could not be reached'), {
    detail: t('Check your connection. Try again when you are back online.'),
  });

/** Something else answered in the place of the server, such as the page on which one signs in to a network. */
export const intercepted = (): ApiError =>
  pageError(0, 'unreachable', t('The server could not be reached'), {
    detail: t(
      'Something between this page and its server answered instead, such as the sign-in page of a network. Sign in there in another tab, then try again.',
    ),
  });

/** What the page itself refuses at a field, before the server is asked. */
export const refusal = (field: string, message: string): ApiError =>
  pageError(422, 'invalid', message, { errors: [{ field, code: 'invalid', message }] });

export const isUnreachable = (error: unknown): error is ApiError => error instanceof ApiError && error.status === 0;

/** The server did not decide: no network, too many requests, or a trouble of its own. Trying again may do. */
export const isUndecided = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/**
 * The fields for want of which a stage takes no deal; without those that the user does not see (`custom`), of which the
 * message tells.
 */
export const askedByStage = (error: unknown): string[] =>
  error instanceof ApiError
    ? error.problem.errors.flatMap(({ code, field }) =>
        code === 'required_by_stage' && field !== 'custom' ? field : [],
      )
    : [];

/**
 * `errors[]` by field, as a form with these fields shows them; those the form has no field for are left for its banner.
 */
export function errorsByField(error: unknown, fields: readonly string[] = []): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const byField: Record<string, string> = {};
  for (const { field, message } of error.problem.errors) {
    const words = translateServerText(message);
    const list = fields.includes(field) ? undefined : fields.find((one) => field.startsWith(`${one}.`));
    if (list === undefined) byField[field] ??= words;
    else byField[list] ??= ofEntry(field.slice(list.length + 1), words);
  }
  return byField;
}

/** What is wrong with one entry of a list that is typed into one field. `path`: of the entry, or of a part of it. */
function ofEntry(path: string, message: string): string {
  const index = Number.parseInt(path, 10);
  return Number.isNaN(index) ? message : t('Entry {number, number}: {message}', { number: index + 1, message });
}

/** The error with its fields as a form calls them. */
export function withFields(error: unknown, nameOf: (field: string) => string): unknown {
  if (!(error instanceof ApiError)) return error;
  const errors = error.problem.errors.map((each) => ({ ...each, field: nameOf(each.field) }));
  return new ApiError({ ...error.problem, errors }, error.retryAfterSeconds);
}

/** The error with its fields as a form knows them that sends them as a part of its request: `fields.name` as `name`. */
export const withFieldsOf = (error: unknown, part: string): unknown =>
  withFields(error, (field) => (field.startsWith(`${part}.`) ? field.slice(part.length + 1) : field));

const isStale = (error: unknown) => error instanceof ApiError && error.code === 'stale';

export function messageOf(error: unknown): string {
  if (isStale(error)) return t('Somebody changed this in the meantime. Check the current version, then try again.');
  return error instanceof Error ? error.message : t('Something went wrong. Try again.');
}

/** The same at a form, which still holds what was typed. */
export function messageInForm(error: unknown): string {
  if (isUnreachable(error)) return `${messageOf(error)} ${t('What you typed is still here.')}`;
  if (!isStale(error)) return messageOf(error);
  return t(
    'Somebody changed this in the meantime. What you typed is still here: check the current version, then save again to replace it.',
  );
}

export function requestIdOf(error: unknown): string | null {
  return error instanceof ApiError ? error.problem.request_id : null;
}
