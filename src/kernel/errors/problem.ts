/** One field of a request that was refused. `field` is a path such as `email` or `data.17.email`. */
export interface FieldError {
  field: string;
  code: string;
  message: string;
}

/** An answer names at most this many errors, and says how many more there are. */
export const errors_max = 100;
const field_characters_max = 200;
const message_characters_max = 1_000;
const detail_characters_max = 2_000;

interface ProblemOptions {
  errors?: readonly FieldError[];
  /** How many errors were found beside `errors`. */
  moreErrors?: number;
  headers?: Record<string, string>;
  /** Further members of the problem document, e.g. `current` of a stale record. */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

/** An answer to the caller as RFC 9457 problem+json. `detail` says what happened, why, and what to do. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: FieldError[];
  /** How many errors were found beyond those that `errors` names. */
  readonly moreErrors: number;
  readonly headers: Record<string, string>;
  readonly extra: Record<string, unknown>;

  constructor(status: number, code: string, title: string, detail: string, options: ProblemOptions = {}) {
    super(cut(detail, detail_characters_max), { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    const errors = options.errors ?? [];
    this.errors = errors.slice(0, errors_max).map(shortened);
    this.moreErrors = errors.length - this.errors.length + (options.moreErrors ?? 0);
    this.headers = options.headers ?? {};
    this.extra = options.extra ?? {};
  }
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** Keys and values of a request may stand in its errors, and be as long as its body. */
const shortened = ({ field, code, message }: FieldError): FieldError => ({
  field: cut(field, field_characters_max),
  code,
  message: cut(message, message_characters_max),
});

/** The errors of fields in words for people. */
export const inWords = (errors: readonly FieldError[]): string =>
  errors.map(({ field, message }) => `${field.replaceAll('_', ' ')}: ${message}`).join('; ');

/**
 * Why something was refused, without its full stop: for whoever asked long before, and does not know the field of the
 * request.
 */
export const reasonOf = ({ errors, message }: Problem): string => (errors[0]?.message ?? message).replace(/\.$/, '');

export const problems = {
  malformed: (detail: string, errors?: FieldError[]) =>
    new Problem(400, 'malformed_request', 'The request could not be read', detail, { errors }),
  notSignedIn: (detail = 'Sign in, or send an API key as "Authorization: Bearer hf_…".') =>
    new Problem(401, 'not_signed_in', 'You are not signed in', detail),
  somebodyElse: () =>
    new Problem(
      401,
      'somebody_else',
      'Somebody else is signed in',
      'This was asked as somebody else than who is signed in now. Load the page again, or sign in as that person.',
    ),
  forbidden: (detail = 'Your role does not allow this. Ask an administrator of your workspace.') =>
    new Problem(403, 'forbidden', 'You may not do this', detail),
  secondFactorMissing: () =>
    new Problem(
      403,
      'second_factor_missing',
      'Set up a second factor first',
      'This workspace asks everybody for a second factor. Set one up with POST /api/v1/second-factor/setup, or sign in with a passkey.',
    ),
  operatorNeedsSecondFactor: () =>
    new Problem(
      403,
      'second_factor_missing',
      'Set up a second factor first',
      'Operators of the installation have one: set up an app under Settings, Security, or sign in with a passkey.',
    ),
  notFound: (what = 'record') =>
    new Problem(404, 'not_found', 'Not found', `There is no such ${what}, or you cannot see it.`),
  merged: (what: string, into: string) =>
    new Problem(
      404,
      'merged',
      'Merged into another record',
      `This ${what} was merged into another, named in \`merged_into\`.`,
      {
        extra: { merged_into: into },
      },
    ),
  /**
   * Another process may have the key, and this one takes it over as soon as it is given: whoever asks again may be
   * answered.
   */
  keyMissing: (version: number) =>
    new Problem(
      503,
      'key_missing',
      'A key is missing here',
      `This server lacks key ${version} of HOLDFAST_KEY, which sealed what was asked for. Nothing was changed or lost. Give it that key, in the list beside its others (docs/operating/keys.md), then try again.`,
      { headers: { 'retry-after': '10' }, extra: { key: version } },
    ),
  conflict: (detail: string, code = 'conflict') => new Problem(409, code, 'This conflicts with what is there', detail),
  duplicate: (field: string, message: string) =>
    new Problem(409, 'duplicate', 'This exists already', message, {
      errors: [{ field, code: 'duplicate', message }],
    }),
  stale: (current: unknown) =>
    new Problem(
      412,
      'stale',
      'Somebody changed this in the meantime',
      'Your copy is older than what is stored. Compare with `current`, then send your change with the new ETag.',
      { extra: { current } },
    ),
  tooLarge: (detail: string) => new Problem(413, 'too_large', 'Too large', detail),
  rangeNotSatisfiable: (sizeBytes: number) =>
    new Problem(416, 'range_not_satisfiable', 'There are no such bytes', `The file has ${sizeBytes} bytes.`, {
      headers: { 'content-range': `bytes */${sizeBytes}` },
    }),
  invalid: (errors: readonly FieldError[], moreErrors = 0) =>
    new Problem(
      422,
      'validation_failed',
      'Some fields need attention',
      errors
        .slice(0, errors_max)
        .map((e) => `${e.field}: ${e.message}`)
        .join('; '),
      { errors, moreErrors },
    ),
  rateLimited: (retryAfterSeconds: number) =>
    new Problem(429, 'rate_limited', 'Too many requests', `Wait ${retryAfterSeconds} s, then try again.`, {
      headers: { 'retry-after': String(retryAfterSeconds) },
    }),
  /** More under way at once than one caller or workspace may have. */
  tooMany: (code: string, detail: string, retryAfterSeconds: number) =>
    new Problem(429, code, 'Too much at once', detail, { headers: { 'retry-after': String(retryAfterSeconds) } }),
  /** Others are being served; nothing was done. */
  busy: (detail: string, retryAfterSeconds: number) =>
    new Problem(503, 'busy', 'Too much at once', detail, { headers: { 'retry-after': String(retryAfterSeconds) } }),
  queryTimeout: () =>
    new Problem(
      503,
      'query_timeout',
      'This took too long',
      'The request was stopped because it ran for too long. Narrow the filter, ask for fewer groups or sums, or leave out the exact count.',
      { headers: { 'retry-after': '10' } },
    ),
  queryTooExpensive: () => {
    const message =
      'This asks for more than can be computed while you wait. Name fewer related records, add a condition that few records meet, or leave out the exact count.';
    return new Problem(422, 'query_too_expensive', 'This query is too expensive', message, {
      errors: [{ field: 'filter', code: 'query_too_expensive', message }],
    });
  },
  unavailable: (detail: string, code = 'unavailable') =>
    new Problem(503, code, 'Not available right now', detail, { headers: { 'retry-after': '5' } }),
};

/** Shorthand for a 422 about one field. */
export function invalidField(field: string, code: string, message: string): Problem {
  return problems.invalid([{ field, code, message }]);
}

/**
 * Runs what checks a part of a request: a 422 of it names its fields below the path of that part, such as `data.3.`.
 */
export async function errorsBelow(path: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    const errors = error.errors.map((each) => ({ ...each, field: path + each.field }));
    throw problems.invalid(errors, error.moreErrors);
  }
}
