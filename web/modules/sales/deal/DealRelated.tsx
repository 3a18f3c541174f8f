import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { t } from '../../../text/text.ts';
import { OpenTasks } from '../../directory/task/OpenTasks.tsx';
import { DealLines } from './DealLines.tsx';
import type { Deal } from './deal.ts';

export default function DealRelated({ record }: { record: AnyRecord }) {
  const deal = record as Deal;
  return (
    <div className="flex flex-col gap-6">
      <OpenTasks of="deal" record={deal} />
      <DealLines deal={deal} />
      <RelatedRecords definition={definitionOf('deal')} record={record} />
      {deal.close_note && (
        <section aria-label={t('Closing note')}>
          <h2 className="mb-1 text-13">{t('Closing note')}</h2>
          <p className="text-13 whitespace-pre-wrap text-muted">{deal.close_note}</p>
        </section>
      )}
    </div>
  );
}
