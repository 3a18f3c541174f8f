import type { AnyRecord } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Goals } from './Goals.tsx';
import { IdentityChecks } from './IdentityChecks.tsx';
import { Reviews } from './Reviews.tsx';
import { Suitability } from './Suitability.tsx';

/** What a household saves for, what suits it, and when it was last looked at. */
export default function PlanningTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-8 p-4">
      <Goals household={record} />
      <Reviews household={record} />
      <Suitability household={record} />
      {may('client_profile', 'read') && <IdentityChecks household={record} />}
    </div>
  );
}
