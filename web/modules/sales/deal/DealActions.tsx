import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { CloseDealDialog } from './CloseDealDialog.tsx';
import type { Deal } from './deal.ts';
import { reopenDeal } from './dealActions.ts';
import { useStages } from './pipelines.ts';

/** Won, lost, or open again. */
export default function DealActions({ record }: { record: AnyRecord }) {
  const deal = record as Deal;
  const may = useMay();
  const [closing, setClosing] = useState<'won' | 'lost' | null>(null);
  const stage = useStages(deal.pipeline_id).find(({ kind }) => kind === closing);
  if (!may('deal', 'update', deal.owner_id)) return null;
  if (deal.status !== 'open') {
    return (
      <>
        <Badge meaning={deal.status === 'won' ? 'good' : 'bad'}>{deal.status === 'won' ? t('Won') : t('Lost')}</Badge>
        <Button size="small" className="ms-1" onClick={() => void attempt(() => reopenDeal(deal))}>
          {t('Reopen')}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button size="small" onClick={() => setClosing('lost')}>
        {t('Lost')}
      </Button>
      <Button size="small" emphasis="primary" onClick={() => setClosing('won')}>
        {t('Won')}
      </Button>
      {stage && <CloseDealDialog deal={deal} stage={stage} onClose={() => setClosing(null)} />}
    </>
  );
}
