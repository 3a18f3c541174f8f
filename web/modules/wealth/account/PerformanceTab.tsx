import type { AnyRecord } from '../../../platform/record/field.ts';
import { Returns } from '../figures/Returns.tsx';

export default function PerformanceTab({ record }: { record: AnyRecord }) {
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      <Returns of="financial_account" id={record.id} />
    </div>
  );
}
