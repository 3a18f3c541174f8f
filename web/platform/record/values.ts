/** What stands in the fields of a form, by their names. */
export type Values = Record<string, unknown>;
