import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { pathOf, type Resource } from '../../platform/query/resources.ts';
import { cx } from '../../ui/cx.ts';

interface RecordLinkProps {
  of: Resource;
  id: string;
  className?: string;
  children: ReactNode;
}

/** The name of a record in a table, which leads to its page. */
export function RecordLink({ of, id, className, children }: RecordLinkProps) {
  const to: string = `${pathOf(of)}/${id}`;
  return (
    <Link to={to} className={cx('font-medium hover:underline', className)}>
      {children}
    </Link>
  );
}
