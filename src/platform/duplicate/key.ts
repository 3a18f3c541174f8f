/** The same as `app.equality_key` in the database. */
export const equalityKey = (value: string): string | null => value.toLowerCase().replace(/[\s._/-]+/g, '') || null;
