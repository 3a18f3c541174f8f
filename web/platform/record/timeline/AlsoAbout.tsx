import type { RecordOfEntry } from '../../../../src/kernel/contract/fields.ts';
import { T } from '../../../text/T.tsx';
import { RecordLinks } from '../RecordLinks.tsx';

/** What an entry in the timeline of a record is about beside that record. */
export function AlsoAbout({ records = [], recordId }: { records?: readonly RecordOfEntry[]; recordId: string }) {
  const others = records.filter(({ id }) => id !== recordId);
  if (others.length === 0) return null;
  return (
    <p className="mt-1 text-12 text-muted">
      <T text="Also about <records></records>" values={{ records: () => <RecordLinks records={others} /> }} />
    </p>
  );
}
