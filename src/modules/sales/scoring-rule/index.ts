import { may, shared } from '../../../kernel/access/table-rule.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { rulePreview, rulePreviewQuery, scoringRule } from './contract.ts';
import { checkNewRules, checkRuleChange, previewRule } from './service.ts';

export type { Rule } from './queries.ts';
export { type AskedRule, askedRules, rulesMet, shownRuleNames } from './service.ts';

export const scoringRuleType: RecordType = {
  resource: scoringRule,
  rule: shared('scoring_rule', 'scoring', {
    rows: { read: `${may('scoring', 'read')} and not app.names_hidden(filter::text)` },
    note: 'A rule whose filter names a field that the reader may not see would reveal who meets it, so it is not shown.',
  }),
  rules: { beforeCreate: checkNewRules, beforeUpdate: checkRuleChange },
};

export const routes: Route[] = [
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
