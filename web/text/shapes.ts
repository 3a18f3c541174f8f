/**
 * An English text with places for values, such as `Write at most {0} characters`, and its words in another language.
 */
interface Shape {
  pattern: RegExp;
  names: string[];
  translated: string;
}

const place = /\{(\w+)\}/g;

/**
 * How sentences with values in them are known again. The one with the most words of its own comes first: it says the
 * most.
 */
export function shapesOf(words: Readonly<Record<string, string>>): Shape[] {
  const own = (english: string) => english.replace(place, '').length;
  return Object.entries(words)
    .filter(([english]) => english.search(place) >= 0)
    .sort(([a], [b]) => own(b) - own(a))
    .map(([english, translated]) => ({
      pattern: new RegExp(`^${english.split(place).map(literalOrValue).join('')}$`, 's'),
      names: [...english.matchAll(place)].map(([, name]) => name!),
      translated,
    }));
}

/** Split at its places, a text alternates between its own words and the names of places. */
const literalOrValue = (part: string, index: number) =>
  index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&') : '(.+?)';

/**
 * The words for a text of one of the shapes, with its values; undefined for any other. `say`: what a value is called.
 */
export function inWordsOf(shapes: readonly Shape[], text: string, say: (value: string) => string): string | undefined {
  for (const { pattern, names, translated } of shapes) {
    const match = pattern.exec(text);
    if (match) return translated.replace(place, (_, name: string) => say(match[names.indexOf(name) + 1] ?? ''));
  }
  return undefined;
}
