import { scopeOf } from '../../../kernel/access/rights.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import {
  companyDraft,
  contactDraft,
  type MatchReason,
  matchAnswer,
  matchReasons,
  suspectPage,
  suspectQuery,
  suspectResources,
  suspectSearch,
} from './contract.ts';
import { searchSuspects } from './jobs.ts';
import { companyMatches, contactMatches, type MatchRow } from './queries.ts';
import { dismissSuspect, listSuspects } from './suspect-queries.ts';

export { duplicateJobs, searchSuspects } from './jobs.ts';

const tag = 'Duplicates';

const inWords = <Row extends { reasons: MatchReason[] }>(row: Row) => ({
  ...row,
  reasons: row.reasons.map((code) => ({ code, text: matchReasons[code] })),
});
const answer = (rows: MatchRow[]) => ({ body: { data: rows.map(inWords) } });

export const routes: Route[] = [
  route({
    method: 'POST', path: '/api/v1/contacts/matches', tag, summary: 'Contacts that may be the one somebody is about to create', access: { resource: 'contact', action: 'read' }, body: contactDraft, response: matchAnswer, status: 200,
    handler: async (ctx, { body }) => answer(await contactMatches(ctx, body)),
  }),
  route({
    method: 'POST', path: '/api/v1/companies/matches', tag, summary: 'Companies that may be the one somebody is about to create', access: { resource: 'company', action: 'read' }, body: companyDraft, response: matchAnswer, status: 200,
    handler: async (ctx, { body }) => answer(await companyMatches(ctx, body)),
  }),
  route({
    method: 'GET', path: '/api/v1/duplicates', tag, summary: 'Pairs of records that may be one, the likeliest first', access: 'signed_in', query: suspectQuery, response: suspectPage,
    handler: async (ctx, { query }) => {
      if (scopeOf(ctx.actor.rights, query.resource, 'read') === 'none') throw problems.forbidden();
      const { data, next_cursor } = await listSuspects(ctx, query);
      return { body: { data: data.map(inWords), next_cursor } };
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
]; // biome-ignore format: one line of facts, then the handler
