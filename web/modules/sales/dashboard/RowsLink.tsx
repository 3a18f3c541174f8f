import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import type { Rows } from './dashboard.ts';
import { searchOf } from './rowsSearch.ts';

interface RowsLinkProps {
  rows: Rows;
  title: string;
  figure: TileFigure;
  children: ReactNode;
}

/** To the rows behind a number. */
export function RowsLink({ rows, title, figure, children }: RowsLinkProps) {
  return (
    <Link
      to="/dashboard/rows"
      search={searchOf(rows, title, figure)}
      className="rounded-sm underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-solid"
    >
      {children}
    </Link>
  );
}
