import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Rows } from './dashboard.ts';

/** To the rows behind a number. */
export function RowsLink({ rows, title, children }: { rows: Rows; title: string; children: ReactNode }) {
  return (
    <Link
      to="/dashboard/rows"
      search={{ resource: rows.resource, where: rows.filter ?? undefined, title }}
      className="rounded-sm underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-solid"
    >
      {children}
    </Link>
  );
}
