import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import { t } from '../../text/text.ts';
import { findType } from './recordTypes.ts';

/** The records that an entry is about, as links to them. */
export function RecordLinks({ records }: { records: readonly RecordOfEntry[] }) {
  const seen = records.filter(({ id }) => id !== null);
  return (
    <span className="min-w-0 wrap-anywhere">
      {seen.map(({ type, id, name }, at) => {
        const path = findType(type)?.path;
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

/** How many of these records their reader may not see. */
export function HiddenRecords({ records }: { records: readonly RecordOfEntry[] }) {
  const count = records.filter(({ id }) => id === null).length;
  if (count === 0) return null;
  return (
    <span className="text-12 text-muted">
      {t('{count, plural, one {and # record that you may not see} other {and # records that you may not see}}', {
        count,
      })}
    </span>
  );
}
