import { definedResources, type Resource } from '../../kernel/contract/resource.ts';

/**
 * What merging does with the rows that refer to a record:
 * - `move`: they refer to the survivor;
 * - `copy`: they stay with the absorbed record, and the survivor gets the like of them;
 * - `follow`: those who follow an absorbed record follow the survivor too;
 * - `parent`: they move, and the survivor does not come to stand under itself;
 * - `part`: they refer to the survivor, and are parts of records rather than records of their own;
 * - `trace`: they say where earlier merges went, and now lead to the survivor;
 * - `entry`: among the records that they are about, the survivor takes the place of the absorbed ones.
 */
export type Handling = 'move' | 'copy' | 'follow' | 'parent' | 'part' | 'trace' | 'entry';

export interface ReferenceColumn {
  table: string;
  column: string;
  handling: Handling;
}

const place = (table: string, column: string, handling: Handling = 'move'): ReferenceColumn => ({
  table,
  column,
  handling,
});

/** What is attached to a record, whatever its type. */
const attachedTo = (): ReferenceColumn[] => [
  ...definedResources().flatMap(({ table, meta }) =>
    meta.get('records')?.type === 'records' ? place(table, 'records', 'entry') : [],
  ),
  place('comment', 'record_id'),
  place('record_tag', 'record_id', 'copy'),
  place('follower', 'record_id', 'follow'),
];

/** Every column that refers to records of a type; a test holds it against the database. */
export function referencesTo({ table: type, attachable }: Resource): ReferenceColumn[] {
  const declared = definedResources().flatMap(({ table, meta, partOf }) => {
    const handling = table === type ? 'parent' : partOf ? 'part' : 'move';
    return [...meta].flatMap(([column, field]) =>
      field.type === 'reference' && field.table === type ? place(table, column, handling) : [],
    );
  });
  const all = [...(attachable ? attachedTo() : []), place(type, 'merged_into_id', 'trace'), ...declared];
  return all.filter(
    ({ table, column }, index) => index === all.findIndex((other) => other.table === table && other.column === column),
  );
}
