import type { AnyRecord } from '../../../platform/record/field.ts';
import { employerOf } from '../../directory/contact/position.ts';
import { RelatedDeals } from './RelatedDeals.tsx';

export default function DealsOfContact({ record }: { record: AnyRecord }) {
  const self = { id: record.id, name: record.name };
  return <RelatedDeals by="contact_id" id={record.id} start={{ contact_id: self, company_id: employerOf(record) }} />;
}
