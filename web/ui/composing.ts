/**
 * Whether a key belongs to the conversion of what is being typed, as for Japanese: its Enter takes a word, and its
 * Escape leaves the choice of one. Safari says so by the code alone, since the conversion has ended there when the key
 * comes.
 */
export const isComposing = ({ isComposing: under_way, keyCode }: KeyboardEvent): boolean =>
  under_way || keyCode === 229;
