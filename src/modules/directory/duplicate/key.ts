/** As `app.equality_key` of the database has it. */
export const equalityKey = (value: string): string | null => value.toLowerCase().replace(/[\s._/-]+/g, '') || null;
