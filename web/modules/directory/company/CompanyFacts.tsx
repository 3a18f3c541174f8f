import { Fact } from '../../../record/Fact.tsx';
import { FieldValue } from '../../../record/FieldValue.tsx';
import type { AnyRecord, FieldDef } from '../../../record/field.ts';
import { companyFields } from './fields.ts';

const facts = ['industry', 'annual_revenue', 'owner_id'].map(
  (key) => companyFields.find((field) => field.key === key) as FieldDef,
);

export function CompanyFacts({ record }: { record: AnyRecord }) {
  return facts.map((field) => (
    <Fact key={field.key} label={field.label}>
      <FieldValue field={field} record={record} />
    </Fact>
  ));
}
