/** The beginning of a text, without half of a character at its end: the database takes no such text. */
export const cutText = (text: string, units_max: number): string =>
  text.slice(0, units_max).replace(/[\ud800-\udbff]$/, '');
