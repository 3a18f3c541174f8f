import { idParams } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { errorReport, errorReportList, errorReportQuery, errorReportUpdate, pageError } from './contract.ts';
import { findError, listErrors, setState } from './queries.ts';

const shared = { tag: 'Installation', access: 'operator' } as const;
const base = '/api/v1/installation/errors';

/** An error of the page, with the stack that the browser has of it. */
class PageError extends Error {
  /** The class that it has in the browser. */
  readonly code: string;

  constructor({ name, message, stack }: { name: string; message: string; stack: string | null }) {
    super(message);
    this.code = name;
    // Browsers begin the stack with the message, or leave it out.
    this.stack = stack ?? `${name}: ${message}`;
  }
}

/** Addresses without what stands behind `?` and `#`: what somebody searched for, or a link that signs in. */
function withoutSearch(text: string): string {
  if (!text.includes('://')) return text;
  // Behind the address of a script stand line and column.
  return text.replace(/[?#][^\s"'()]*/g, (part) => {
    const [line = '', column = ''] = part.split(':').slice(-2);
    return /^\d+$/.test(line) && /^\d+$/.test(column) ? `:${line}:${column}` : '';
  });
}

export const errorRoutes: Route[] = [
  route({
    ...shared,
    method: 'GET',
    path: base,
    summary: 'Unexpected errors by what caused them, those seen last first',
    query: errorReportQuery,
    response: errorReportList,
    handler: async (ctx, { query }) => ({ body: await listErrors(ctx, query.state, query.limit) }),
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${base}/{id}`,
    summary: 'An unexpected error with its latest occurrences',
    params: idParams,
    response: errorReport,
    handler: async (ctx, { params }) => {
      const body = await findError(ctx, params.id);
      if (!body) throw problems.notFound();
      return { body };
    },
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: `${base}/{id}`,
    summary: 'Resolve or ignore an error; a resolved one that comes back is open again',
    params: idParams,
    body: errorReportUpdate,
    status: 204,
    handler: async (ctx, { params, body }) => {
      if (!(await setState(ctx, params.id, body.state))) throw problems.notFound();
      return {};
    },
  }),
  route({
    tag: 'Installation',
    access: 'signed_in',
    method: 'POST',
    path: '/api/v1/page-errors',
    summary: 'Report an error of the page to the operators of the installation',
    body: pageError,
    status: 202,
    transaction: false,
    rateLimit: { name: 'page-errors', limit: 20, windowSeconds: 60 },
    handler: async ({ actor }, { body, request }) => {
      // Customers, kiosks and keys that are nobody's write nothing into what operators read. Of a person, `rateLimit`
      // counts all sessions together.
      if (!actor?.user_id || actor.rights.outside) throw problems.forbidden();
      const { name, message, stack, address } = body;
      const err = new PageError({ name, message: withoutSearch(message), stack: stack && withoutSearch(stack) });
      request.log.error({ err, page: address.split(/[?#]/, 1)[0] }, 'the page failed');
      return {};
    },
  }),
];
