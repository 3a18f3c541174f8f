export interface RowsSearch {
  resource?: string;
  /** A filter as lists take it. */
  where?: Record<string, unknown>;
  title?: string;
}

/** Which rows, and behind which figure. */
export function rowsSearch({ resource, where, title }: Record<string, unknown>): RowsSearch {
  return {
    resource: typeof resource === 'string' ? resource : undefined,
    where: typeof where === 'object' && where !== null ? (where as Record<string, unknown>) : undefined,
    title: typeof title === 'string' ? title : undefined,
  };
}
