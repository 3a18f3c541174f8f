import { Fact } from '../../../record/Fact.tsx';
import { FieldValue } from '../../../record/FieldValue.tsx';
import type { AnyRecord, FieldDef } from '../../../record/field.ts';
import { contactFields } from './fields.ts';

const facts = ['company_id', 'lifecycle_stage', 'owner_id'].map(
  (key) => contactFields.find((field) => field.key === key) as FieldDef,
);

export function ContactFacts({ record }: { record: AnyRecord }) {
  return facts.map((field) => (
    <Fact key={field.key} label={field.label}>
      <FieldValue field={field} record={record} />
    </Fact>
  ));
}
