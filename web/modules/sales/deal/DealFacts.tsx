import { Suspense } from 'react';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { FieldFacts } from '../../../platform/record/FieldFacts.tsx';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { lazyPart } from '../../../text/lazy.ts';

const ScoreFact = lazyPart(() => import('../score/ScoreFact.tsx'));
const whileOpen = ['amount', 'company_id', 'expected_close_on'];
const onceClosed = ['amount', 'company_id', 'closed_on'];

export function DealFacts({ record }: { record: AnyRecord }) {
  const facts = record.status === 'open' ? whileOpen : onceClosed;
  return (
    <>
      <FieldFacts definition={{ ...definitionOf('deal'), facts }} record={record} />
      <Suspense>{typeof record.score === 'number' && <ScoreFact dealId={record.id} />}</Suspense>
    </>
  );
}
