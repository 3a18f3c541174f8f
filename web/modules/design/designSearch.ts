export interface DesignSearch {
  dir?: 'rtl';
}

export const designSearch = ({ dir }: Record<string, unknown>): DesignSearch => (dir === 'rtl' ? { dir } : {});
