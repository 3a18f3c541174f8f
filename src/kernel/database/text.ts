/**
 * Removes the characters that a PostgreSQL text cannot hold: NUL, and halves of surrogate pairs, also of one that the
 * limit cuts in two.
 */
export const storableText = (text: string, characters_max = Number.POSITIVE_INFINITY): string =>
  text.replaceAll('\0', '').slice(0, characters_max).toWellFormed();
