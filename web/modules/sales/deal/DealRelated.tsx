import type { AnyRecord } from '../../../record/field.ts';
import { RelatedLink, RelatedList } from '../../../record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { OpenTasks } from '../../directory/task/OpenTasks.tsx';
import { DealLines } from './DealLines.tsx';
import type { Deal } from './deal.ts';

export default function DealRelated({ record }: { record: AnyRecord }) {
  const deal = record as Deal;
  return (
    <div className="flex flex-col gap-6">
      <OpenTasks by="deal_id" subject={{ id: deal.id, name: deal.name }} />
      <DealLines deal={deal} />
      {deal.company && (
        <RelatedList title={t('Company')}>
          <RelatedLink to={`/companies/${deal.company.id}`} name={deal.company.name} square />
        </RelatedList>
      )}
      {deal.contact && (
        <RelatedList title={t('Contact')}>
          <RelatedLink to={`/contacts/${deal.contact.id}`} name={deal.contact.name} />
        </RelatedList>
      )}
      {deal.close_note && (
        <section aria-label={t('Closing note')}>
          <h2 className="mb-1 text-13">{t('Closing note')}</h2>
          <p className="text-13 whitespace-pre-wrap text-muted">{deal.close_note}</p>
        </section>
      )}
    </div>
  );
}
