import type { TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import type { Rows } from './dashboard.ts';

export interface RowsSearch {
  resource?: string;
  /** A filter as lists take it. */
  where?: Record<string, unknown>;
  title?: string;
  /** Each amount counts as likely as its stage is. */
  weighted?: boolean;
}

/** Which rows, and behind which figure. */
export function rowsSearch({ resource, where, title, weighted }: Record<string, unknown>): RowsSearch {
  return {
    resource: typeof resource === 'string' ? resource : undefined,
    where: typeof where === 'object' && where !== null ? (where as Record<string, unknown>) : undefined,
    title: typeof title === 'string' ? title : undefined,
    weighted: weighted === true ? true : undefined,
  };
}

/** The address of the rows behind a number of a figure. */
export const searchOf = ({ resource, filter }: Rows, title: string, figure: TileFigure): RowsSearch => ({
  resource,
  where: filter ?? undefined,
  title,
  weighted: figure === 'weighted_value' ? true : undefined,
});
