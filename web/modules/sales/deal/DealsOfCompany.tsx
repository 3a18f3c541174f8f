import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedDeals } from './RelatedDeals.tsx';

export default function DealsOfCompany({ record }: { record: AnyRecord }) {
  const self = { id: record.id, name: record.name };
  return <RelatedDeals by="company_id" id={record.id} start={{ company_id: self }} />;
}
