import { type Route, route } from '../../../kernel/http/route.ts';
import { companyDraft, contactDraft, matchAnswer, matchReasons } from './contract.ts';
import { companyMatches, contactMatches, type MatchRow } from './queries.ts';

const tag = 'Duplicates';

const answer = (rows: MatchRow[]) => ({
  body: {
    data: rows.map((row) => ({ ...row, reasons: row.reasons.map((code) => ({ code, text: matchReasons[code] })) })),
  },
});

export const routes: Route[] = [
  route({
    method: 'POST', path: '/api/v1/contacts/matches', tag, summary: 'Contacts that may be the one somebody is about to create', access: { resource: 'contact', action: 'read' }, body: contactDraft, response: matchAnswer, status: 200,
    handler: async (ctx, { body }) => answer(await contactMatches(ctx, body)),
  }),
  route({
    method: 'POST', path: '/api/v1/companies/matches', tag, summary: 'Companies that may be the one somebody is about to create', access: { resource: 'company', action: 'read' }, body: companyDraft, response: matchAnswer, status: 200,
    handler: async (ctx, { body }) => answer(await companyMatches(ctx, body)),
  }),
]; // biome-ignore format: one line of facts, then the handler
