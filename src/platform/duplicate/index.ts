import { fieldAccess, scopeOf } from '../../kernel/access/rights.ts';
import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { readCustomFields } from '../../kernel/resource/custom.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import {
  type Draft,
  matchAnswer,
  matchReasons,
  plainDraft,
  suspectPage,
  suspectQuery,
  suspectResource,
  suspectSearch,
  suspectTypes,
} from './contract.ts';
import { searchSuspects } from './jobs.ts';
import { findMatches } from './queries.ts';
import { ruleRoutes } from './rule/routes.ts';
import { listSuspects, setDismissed } from './suspect-queries.ts';
import { wayOf } from './way/contract.ts';

export { duplicateConsumer } from './consumers.ts';
export { duplicateJobs, duplicateSchedules, searchSuspects } from './jobs.ts';
export { equalityKey } from './key.ts';
export { importKeys } from './rule/rules.ts';

const tag = 'Duplicates';

/**
 * Reasons in words: those of custom fields by what the fields are called, and none of a field that the caller may not
 * see.
 */
async function inWords<Row extends { reasons: string[] }>(ctx: Context, resource: string, rows: Row[]) {
  const isCustom = (code: string) => code.startsWith(custom_reason);
  const fields = rows.some(({ reasons }) => reasons.some(isCustom))
    ? await readCustomFields(ctx, suspectResource(resource))
    : null;
  const text = (code: string) => {
    if (isCustom(code)) return `Same ${fields?.get(code.slice(custom_reason.length))?.label ?? 'custom field'}`;
    if (wayOf(resource)) return matchReasons[code]!;
    // The test of texts finds what is said by the name of its variable.
    const reason = `Same value in “${suspectResource(resource).meta.get(code.slice(same_reason.length))?.title}”`;
    return reason;
  };
  const isHidden = (code: string) =>
    isCustom(code) && fieldAccess(ctx.actor.rights, resource, code.slice(custom_reason.length)) === 'none';
  return rows.map((row) => {
    const said = row.reasons.filter(
      (code) => !isHidden(code) && !row.reasons.some((other) => implied[other]?.includes(code)),
    );
    return { ...row, reasons: said.map((code) => ({ code, text: text(code) })) };
  });
}
/** What goes without saying beside a reason. */
const implied: Record<string, readonly string[]> = {
  same_name: ['same_core_name', 'similar_name'],
  same_core_name: ['similar_name'],
};
const same_reason = 'same_';
const custom_reason = `${same_reason}custom.`;

function matchesRoute(resource: Resource): Route {
  const { name, plural, right } = resource;
  return route({
    method: 'POST',
    path: `/api/v1/${plural}/matches`,
    tag,
    summary: `${wordsOf(plural)} that may be the one somebody is about to create`,
    access: { resource: right, action: 'read' },
    body: wayOf(name)?.draft ?? plainDraft(resource),
    response: matchAnswer,
    status: 200,
    handler: async (ctx, { body }) => ({
      body: { data: await inWords(ctx, name, await findMatches(ctx, name, body as Draft)) },
    }),
  });
}
const wordsOf = (plural: string) => `${plural[0]!.toUpperCase()}${plural.slice(1).replaceAll('-', ' ')}`;

/** Which of the types somebody may change; refused where there is none. */
function changeable({ actor: { rights } }: Context): string[] {
  const types = suspectTypes().filter((type) => scopeOf(rights, suspectResource(type).right, 'update') !== 'none');
  if (types.length === 0) throw problems.forbidden();
  return types;
}

export const duplicateRoutes = (): Route[] => [
  ...suspectTypes().map((type) => matchesRoute(suspectResource(type))),
  route({
    method: 'GET',
    path: '/api/v1/duplicates',
    tag,
    summary: 'Pairs of records that may be one, the likeliest first',
    access: 'signed_in',
    query: suspectQuery,
    response: suspectPage,
    handler: async (ctx, { query }) => {
      if (scopeOf(ctx.actor.rights, suspectResource(query.resource).right, 'read') === 'none')
        throw problems.forbidden();
      const { data, next_cursor } = await listSuspects(ctx, query);
      return { body: { data: await inWords(ctx, query.resource, data), next_cursor } };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/duplicates/search',
    tag,
    summary: 'Look for them in the background',
    access: 'signed_in',
    response: suspectSearch,
    status: 202,
    handler: async (ctx) => {
      changeable(ctx);
      return { body: { job_id: await searchSuspects(ctx) } };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/duplicates/{id}/dismissal',
    tag,
    summary: 'These are two records: do not name them again',
    access: 'signed_in',
    params: idParams,
    status: 204,
    handler: async (ctx, { params }) => {
      if (!(await setDismissed(ctx, params.id, changeable(ctx), true))) throw problems.notFound('suspect');
      return {};
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/duplicates/{id}/dismissal',
    tag,
    summary: 'These may be one record after all: name them again',
    access: 'signed_in',
    params: idParams,
    status: 204,
    handler: async (ctx, { params }) => {
      if (!(await setDismissed(ctx, params.id, changeable(ctx), false))) throw problems.notFound('suspect');
      return {};
    },
  }),
  ...ruleRoutes,
];
