/**
 * What merging does with the rows that refer to a record:
 * - `move`: they refer to the survivor;
 * - `copy`: they stay with the absorbed record, and the survivor gets the like of them;
 * - `follow`: those who follow an absorbed record follow the survivor too;
 * - `parent`: they move, and the survivor does not come to stand under itself;
 * - `part`: they refer to the survivor, and are part of the record rather than attached to it;
 * - `trace`: they say where earlier merges went, and now lead to the survivor.
 */
export type Handling = 'move' | 'copy' | 'follow' | 'parent' | 'part' | 'trace';

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

/** By table. Every column that refers to one of these is named here; a test holds it against the database. */
export const references = {
  contact: [
    place('deal', 'contact_id'),
    place('note', 'contact_id'),
    place('task', 'contact_id'),
    place('activity', 'contact_id'),
    place('comment', 'contact_id'),
    place('contact_position', 'contact_id', 'part'),
    place('record_tag', 'contact_id', 'copy'),
    place('follower', 'contact_id', 'follow'),
    place('contact', 'merged_into_id', 'trace'),
  ],
  company: [
    place('company', 'parent_id', 'parent'),
    place('contact', 'company_id'),
    place('deal', 'company_id'),
    place('note', 'company_id'),
    place('task', 'company_id'),
    place('activity', 'company_id'),
    place('comment', 'company_id'),
    place('contact_position', 'company_id', 'part'),
    place('record_tag', 'company_id', 'copy'),
    place('follower', 'company_id', 'follow'),
    place('company', 'merged_into_id', 'trace'),
  ],
} as const satisfies Record<string, ReferenceColumn[]>;
