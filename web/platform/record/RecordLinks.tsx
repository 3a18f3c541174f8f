import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import { findDefinition } from './definitions.ts';
import { HiddenRecords } from './RecordsInput.tsx';

/** The records that an entry is about, as links to them. */
export function RecordLinks({ records }: { records: readonly RecordOfEntry[] }) {
  const seen = records.filter(({ id }) => id !== null);
  return (
    <span className="min-w-0 wrap-anywhere">
      {seen.map(({ type, id, name }, at) => {
        const path = findDefinition(type)?.path;
        const to: string | undefined = path && `${path}/${id}`;
        return (
          <Fragment key={id}>
            {at > 0 && ', '}
            {to ? (
              <Link to={to} className="rounded-sm hover:text-ink hover:underline">
                <bdi>{name}</bdi>
              </Link>
            ) : (
              <bdi>{name}</bdi>
            )}
          </Fragment>
        );
      })}{' '}
      <HiddenRecords records={records} />
    </span>
  );
}
