import { lazy, Suspense } from 'react';
import { Fact } from '../../../record/Fact.tsx';
import { FieldValue } from '../../../record/FieldValue.tsx';
import type { AnyRecord, FieldDef } from '../../../record/field.ts';
import { dealFields } from './fields.ts';

const ScoreFact = lazy(() => import('../score/ScoreFact.tsx'));
const pick = (key: string) => dealFields.find((field) => field.key === key) as FieldDef;
const whileOpen = ['amount', 'company_id', 'expected_close_on'].map(pick);
const onceClosed = ['amount', 'company_id', 'closed_on'].map(pick);

export function DealFacts({ record }: { record: AnyRecord }) {
  return (
    <>
      {(record.status === 'open' ? whileOpen : onceClosed).map((field) => (
        <Fact key={field.key} label={field.label}>
          <FieldValue field={field} record={record} />
        </Fact>
      ))}
      <Suspense>{typeof record.score === 'number' && <ScoreFact dealId={record.id} />}</Suspense>
    </>
  );
}
