/** As `app.equality_key` of the database has it. */
export const equalityKey = (value: string): string | null => value.toLowerCase().replace(/[\s._/-]+/g, '') || null;

/** The column that holds it for a field. */
export const keyColumn = (field: string): string => `${field}_key`;
