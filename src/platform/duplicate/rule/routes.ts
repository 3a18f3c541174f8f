import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { refuseUnlessReadsAll } from '../../../kernel/resource/reads-all.ts';
import { suspectResource } from '../contract.ts';
import { countSuspects, searchSuspects } from '../jobs.ts';
import { pairCount, ruleChange, ruleParams, ruleSet, ruleSets } from './contract.ts';
import { forgetRules, saveRules } from './queries.ts';
import { checkRules, describeRules, describeRulesOf } from './rules.ts';

const tag = 'Duplicates';
const base = '/api/v1/duplicate-rules';
/** As for the fields of records: who says what a workspace keeps says what is the same in it. */
const may = (action: 'read' | 'update') => ({ resource: 'custom_field', action }) as const;

export const ruleRoutes: Route[] = [
  route({
    method: 'GET',
    path: base,
    tag,
    summary: 'What counts as the same contact or company',
    access: may('read'),
    response: ruleSets,
    handler: async (ctx) => ({ body: { data: await describeRules(ctx) } }),
  }),
  route({
    method: 'PUT',
    path: `${base}/{resource}`,
    tag,
    summary: 'Say what counts as the same; the pairs are looked for anew',
    access: may('update'),
    params: ruleParams,
    heedsIfMatch: true,
    body: ruleChange,
    response: ruleSet,
    handler: async (ctx, { params: { resource }, body: { rules }, ifMatch }) => {
      await checkRules(ctx, resource, rules);
      if (!(await saveRules(ctx, resource, rules, ifMatch))) throw problems.stale(await describeRulesOf(ctx, resource));
      await searchSuspects(ctx);
      return { body: await describeRulesOf(ctx, resource) };
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/{resource}`,
    tag,
    summary: 'Go by the standard rules again',
    access: may('update'),
    params: ruleParams,
    response: ruleSet,
    status: 200,
    handler: async (ctx, { params: { resource } }) => {
      await forgetRules(ctx, resource);
      await searchSuspects(ctx);
      return { body: await describeRulesOf(ctx, resource) };
    },
  }),
  route({
    method: 'POST',
    path: `${base}/{resource}/count`,
    tag,
    summary: 'Count the pairs that such rules would find now, in the background',
    access: may('update'),
    params: ruleParams,
    body: ruleChange,
    response: pairCount,
    status: 202,
    handler: async (ctx, { params: { resource }, body: { rules } }) => {
      refuseUnlessReadsAll(ctx, [suspectResource(resource)]);
      await checkRules(ctx, resource, rules);
      return { body: { job_id: await countSuspects(ctx, resource, rules) } };
    },
  }),
];
