import { z } from 'zod';
import { filterJson } from '../../../kernel/contract/bounds.ts';
import { boolean, integer, object, requiredSelect, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const ruleResources = ['deal', 'contact'] as const;
export type RuleResource = (typeof ruleResources)[number];

/** Points that a deal gets, or loses, for what it is like, or for what its contact is like. */
export const scoringRule = defineResource({
  name: 'scoring_rule',
  right: 'scoring',
  plural: 'scoring-rules',
  table: 'scoring_rule',
  title: 'scoring rule',
  defaultSort: 'name',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    resource: requiredSelect(ruleResources, { title: 'About', required: true, createOnly: true }),
    filter: object(filterJson(), { title: 'Filter, as lists take it', required: true }),
    points: integer({ min: -100, max: 100 }, { title: 'Points', required: true }),
    active: boolean({ title: 'In use' }),
  },
});

export const rulePreviewQuery = z
  .strictObject({
    resource: z.enum(ruleResources),
    filter: filterJson(),
  })
  .meta({ id: 'ScoringRuleDraft' });

export const rulePreview = z
  .object({
    matches: z.int(),
    total: z.int().describe('Open deals, or contacts'),
    is_exact: z.boolean().describe('false: there are more than that'),
  })
  .meta({ id: 'ScoringRulePreview' });
