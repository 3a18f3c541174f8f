/**
 * What a request says of the record that something is about: of a comment in a column of its own, of a note, a task or
 * an activity among several.
 */
export const about = (noun: string, type: string, id: string) =>
  noun.startsWith('comment') ? { record_id: id } : { records: [{ type, id }] };
