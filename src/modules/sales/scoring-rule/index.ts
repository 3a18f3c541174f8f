import { crudRoutes } from '../../../kernel/http/crud.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { rulePreview, rulePreviewQuery, scoringRule } from './contract.ts';
import { checkNewRules, checkRuleChange, previewRule } from './service.ts';

export type { Rule } from './queries.ts';
export { type AskedRule, askedRules, rulesMet } from './service.ts';

export const routes: Route[] = [
  ...crudRoutes(scoringRule, { beforeCreate: checkNewRules, beforeUpdate: checkRuleChange }),
  route({
    method: 'POST',
    path: '/api/v1/scoring-rules/previews',
    tag: 'Scoring rules',
    summary: 'How many records a rule would be about',
    access: { resource: 'scoring', action: 'read' },
    body: rulePreviewQuery,
    response: rulePreview,
    status: 200,
    handler: async (ctx, { body }) => ({ body: await previewRule(ctx, body.resource, body.filter) }),
  }),
];
