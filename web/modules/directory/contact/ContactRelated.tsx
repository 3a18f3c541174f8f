import type { AnyRecord, Named } from '../../../record/field.ts';
import { RelatedLink, RelatedList } from '../../../record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { RelatedDeals } from '../../sales/deal/RelatedDeals.tsx';
import { ContactPoints } from '../../sales/score/ContactPoints.tsx';
import { OpenTasks } from '../task/OpenTasks.tsx';

export default function ContactRelated({ record }: { record: AnyRecord }) {
  const company = record.company as Named | null;
  return (
    <div className="flex flex-col gap-6">
      <OpenTasks by="contact_id" subject={{ id: record.id, name: String(record.name) }} />
      <RelatedDeals
        by="contact_id"
        id={record.id}
        start={{ contact_id: { id: record.id, name: record.name }, company_id: company }}
      />
      <ContactPoints contactId={record.id} />
      {company && (
        <RelatedList title={t('Company')}>
          <RelatedLink to={`/companies/${company.id}`} name={company.name} square />
        </RelatedList>
      )}
    </div>
  );
}
