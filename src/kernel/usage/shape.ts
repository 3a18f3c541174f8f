const statement_characters_max = 4_000;

/** Statements have parameters instead of values; literals in them are removed too. */
export const shapeOf = (statement: string): string =>
  statement
    .replace(/'(?:[^']|'')*'/g, "'…'")
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, statement_characters_max);
