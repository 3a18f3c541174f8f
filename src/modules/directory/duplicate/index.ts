import { fieldAccess, scopeOf } from '../../../kernel/access/rights.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { readCustomFields } from '../../../kernel/resource/custom.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { company } from '../company/contract.ts';
import { contact } from '../contact/contract.ts';
import {
  type CompanyDraft,
  type ContactDraft,
  companyDraft,
  contactDraft,
  matchAnswer,
  matchReasons,
  type SuspectResource,
  suspectPage,
  suspectQuery,
  suspectResources,
  suspectSearch,
} from './contract.ts';
import { searchSuspects } from './jobs.ts';
import { findMatches } from './queries.ts';
import { ruleRoutes } from './rule/routes.ts';
import { dismissSuspect, listSuspects } from './suspect-queries.ts';

export { duplicateJobs, searchSuspects, suspectTask } from './jobs.ts';
export { importKeys } from './rule/rules.ts';

const tag = 'Duplicates';

/** Reasons in words: those of custom fields by what the fields are called, and none of a field that the caller may not see. */
async function inWords<Row extends { reasons: string[] }>(ctx: Context, resource: SuspectResource, rows: Row[]) {
  const isCustom = (code: string) => code.startsWith(custom_reason);
  const fields = rows.some(({ reasons }) => reasons.some(isCustom))
    ? await readCustomFields(ctx, nouns[resource])
    : null;
  const text = (code: string) =>
    matchReasons[code] ?? `Same ${fields?.get(code.slice(custom_reason.length))?.label ?? 'custom field'}`;
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
const custom_reason = 'same_custom.';
const nouns = { contact, company };
const matches = async (ctx: Context, resource: SuspectResource, draft: ContactDraft | CompanyDraft) => ({
  body: { data: await inWords(ctx, resource, await findMatches(ctx, resource, draft)) },
});

export const routes: Route[] = [
  route({
    method: 'POST', path: '/api/v1/contacts/matches', tag, summary: 'Contacts that may be the one somebody is about to create', access: { resource: 'contact', action: 'read' }, body: contactDraft, response: matchAnswer, status: 200,
    handler: (ctx, { body }) => matches(ctx, 'contact', body),
  }),
  route({
    method: 'POST', path: '/api/v1/companies/matches', tag, summary: 'Companies that may be the one somebody is about to create', access: { resource: 'company', action: 'read' }, body: companyDraft, response: matchAnswer, status: 200,
    handler: (ctx, { body }) => matches(ctx, 'company', body),
  }),
  route({
    method: 'GET', path: '/api/v1/duplicates', tag, summary: 'Pairs of records that may be one, the likeliest first', access: 'signed_in', query: suspectQuery, response: suspectPage,
    handler: async (ctx, { query }) => {
      if (scopeOf(ctx.actor.rights, query.resource, 'read') === 'none') throw problems.forbidden();
      const { data, next_cursor } = await listSuspects(ctx, query);
      return { body: { data: await inWords(ctx, query.resource, data), next_cursor } };
    },
  }),
  route({
    method: 'POST', path: '/api/v1/duplicates/search', tag, summary: 'Look for them in the background', access: { resource: 'contact', action: 'update' }, response: suspectSearch, status: 202,
    handler: async (ctx) => ({ body: { job_id: await searchSuspects(ctx) } }),
  }),
  route({
    method: 'POST', path: '/api/v1/duplicates/{id}/dismissal', tag, summary: 'These are two records: do not name them again', access: { resource: 'contact', action: 'update' }, params: idParams, status: 204,
    handler: async (ctx, { params }) => {
      const resources = suspectResources.filter((name) => scopeOf(ctx.actor.rights, name, 'update') !== 'none');
      if (!(await dismissSuspect(ctx, params.id, resources))) throw problems.notFound('suspect');
      return {};
    },
  }),
  ...ruleRoutes,
]; // biome-ignore format: one line of facts, then the handler
