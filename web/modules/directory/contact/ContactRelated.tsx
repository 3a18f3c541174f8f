import type { AnyRecord, Named } from '../../../record/field.ts';
import { RelatedDeals } from '../../sales/deal/RelatedDeals.tsx';
import { ContactPoints } from '../../sales/score/ContactPoints.tsx';
import { OpenTasks } from '../task/OpenTasks.tsx';
import { Positions } from './Positions.tsx';

export default function ContactRelated({ record }: { record: AnyRecord }) {
  const company = record.company as Named | null;
  return (
    <div className="flex flex-col gap-6">
      <Positions record={record} />
      <OpenTasks by="contact_id" subject={{ id: record.id, name: String(record.name) }} />
      <RelatedDeals
        by="contact_id"
        id={record.id}
        start={{ contact_id: { id: record.id, name: record.name }, company_id: company }}
      />
      <ContactPoints contactId={record.id} />
    </div>
  );
}
