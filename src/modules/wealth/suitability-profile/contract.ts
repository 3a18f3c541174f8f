import {
  date,
  integer,
  reference,
  requiredReference,
  requiredSelect,
  select,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { household } from '../household/contract.ts';

export const objectives = ['preservation', 'income', 'balanced', 'growth', 'speculation'] as const;
export const levels = ['low', 'medium', 'high'] as const;
export const experiences = ['none', 'limited', 'good', 'extensive'] as const;

/**
 * What suits a household, or one of its people: what advice is measured by. The one that was reviewed last counts;
 * those before it say what was thought then.
 */
export const suitabilityProfile = defineResource({
  name: 'suitability_profile',
  right: 'household',
  plural: 'suitability-profiles',
  table: 'suitability_profile',
  title: 'suitability profile',
  partOf: [{ column: 'household_id', resource: household }],
  defaultSort: '-reviewed_on',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    contact_id: reference('contact', { title: 'Person', expand: 'contact', createOnly: true }),
    objective: requiredSelect(objectives, { title: 'Objective', required: true }),
    horizon_years: integer({ min: 0, max: 60 }, { title: 'Horizon years' }),
    risk_tolerance: select(levels, { title: 'Risk tolerance' }),
    risk_capacity: select(levels, { title: 'Risk capacity' }),
    liquidity_needs: select(levels, { title: 'Liquidity needs' }),
    experience: select(experiences, { title: 'Experience' }),
    reviewed_on: date({ title: 'Reviewed on' }),
    remark: text(500, { title: 'Remark', sensitivity: 'personal', sealable: true }),
  },
});
