/**
 * The German of what one sees first (firstWords.ts): most of the words belong to parts that come later, with `de.ts`.
 */
const parts = import.meta.glob<Record<string, string>>('./de/*.json', {
  eager: true,
  import: 'default',
  query: '?first',
});

export const words: Record<string, string> = Object.assign({}, ...Object.values(parts));
