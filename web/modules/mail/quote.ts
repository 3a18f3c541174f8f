/**
 * How the line begins, and what stands in it, by which mail programs begin what they repeat, in the languages of most
 * of them.
 */
const headings = [
  ['On ', ' wrote:'],
  ['Am ', ' schrieb'],
  ['Le ', ' a écrit'],
  ['---', 'original message'],
] as const;
const isHeading = (line: string) =>
  headings.some(([begin, inside]) => line.startsWith(begin) && line.toLowerCase().includes(inside));

/** What a mail says of its own, and what it repeats of others to its end. An answer between quoted lines is said. */
export function splitQuote(text: string): { said: string; quoted: string } {
  const lines = text.trimEnd().split('\n');
  let at = lines.length;
  while (at > 0 && (lines[at - 1]!.startsWith('>') || lines[at - 1]!.trim() === '')) at--;
  const isQuoted = lines.slice(at).some((line) => line.startsWith('>'));
  if (!isQuoted) return { said: lines.join('\n'), quoted: '' };
  if (at > 0 && isHeading(lines[at - 1]!.trim())) at--;
  return {
    said: lines.slice(0, at).join('\n').trimEnd(),
    quoted: lines
      .slice(at)
      .map((line) => line.replace(/^> ?/, ''))
      .join('\n')
      .trim(),
  };
}
