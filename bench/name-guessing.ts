import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sealEqually } from '../src/kernel/vault/envelope.ts';

/**
 * `node bench/name-guessing.ts LAST.csv FIRST.csv…`: what a thief of the database learns of 100,000 sealed people who
 * knows how frequent names are, such as from a census. The files have columns `name` and `frequency`. Counts how many
 * names are guessed right by the frequency of equal sealed texts, by their length, and without looking at them.
 */

const people = 100_000;
/** Lengths that a padded text would have, in steps of so many bytes; 1 is as they are sealed. */
const steps = [1, 8, 16, 32];

interface Name {
  text: string;
  share: number;
}

function readNames(files: readonly string[]): Name[] {
  const names = files.flatMap((file) => {
    const [head, ...lines] = readFileSync(file, 'latin1').trim().split(/\r?\n/);
    const [name, frequency] = ['name', 'frequency'].map((column) => head!.split(',').indexOf(column)) as [
      number,
      number,
    ];
    return lines.map((line) => {
      const cells = line.split(',');
      return { text: cells[name]!, share: Number(cells[frequency]) };
    });
  });
  const all = names.reduce((sum, { share }) => sum + share, 0);
  return names.map(({ text, share }) => ({ text, share: share / all })).sort((a, b) => b.share - a.share);
}

function draw(names: readonly Name[]): string {
  let rest = Math.random();
  for (const { text, share } of names) {
    rest -= share;
    if (rest < 0) return text;
  }
  return names.at(-1)!.text;
}

const lengthOf = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** The most frequent name of each length. */
const bestOf = (names: readonly Name[], step: number): Map<number, string> => {
  const best = new Map<number, string>();
  for (const { text } of names) {
    const length = lengthOf(Buffer.byteLength(text), step);
    if (!best.has(length)) best.set(length, text);
  }
  return best;
};

const entropy = (shares: Iterable<number>): number =>
  [...shares].reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);

/** How many bits the length tells of a name: that is how many bits lengths have. */
function bitsOf(names: readonly Name[], step: number): number {
  const lengths = new Map<number, number>();
  for (const { text, share } of names) {
    const length = lengthOf(Buffer.byteLength(text), step);
    lengths.set(length, (lengths.get(length) ?? 0) + share);
  }
  return entropy(lengths.values());
}

function seal(texts: readonly string[], column: string): Buffer[] {
  const key = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
  const tenant = randomUUID();
  return texts.map((text) => sealEqually(key, text, { tenant, table: 'contact', column, row: randomUUID() }));
}

const overhead = seal([''], 'x')[0]!.length;
const percent = (count: number): string => `${((100 * count) / people).toFixed(2)} %`;

function report(column: string, names: readonly Name[]): boolean[][] {
  const texts = Array.from({ length: people }, () => draw(names));
  const sealed = seal(texts, column);
  const distinct = new Set(sealed.map((one) => one.toString('base64'))).size;
  const blind = texts.filter((text) => text === names[0]!.text).length;
  const drawn = texts.filter((text) => text === draw(names)).length;
  const bits = entropy(names.map(({ share }) => share)).toFixed(1);
  console.log(`${column}: ${people} sealed texts, ${distinct} of them different; ${bits} bits in a name`);
  console.log(`  guessed at random by frequency ${percent(drawn)}, always the most frequent ${percent(blind)}`);
  return steps.map((step) => {
    const best = bestOf(names, step);
    const right = texts.map((text, at) => best.get(lengthOf(sealed[at]!.length - overhead, step)) === text);
    const [share, told] = [percent(right.filter(Boolean).length), bitsOf(names, step).toFixed(1)];
    console.log(`  by its length in steps of ${step}: ${share}, which tells ${told} bits`);
    return right;
  });
}

const [last, ...first] = process.argv.slice(2);
if (last === undefined || first.length === 0) throw new Error('Name a file of last names, and files of first names');
const [given, family] = [report('given_name', readNames(first)), report('family_name', readNames([last]))];
for (const [at, step] of steps.entries()) {
  const both = given[at]!.filter((right, n) => right && family[at]![n]).length;
  console.log(`both by their lengths in steps of ${step}: ${percent(both)}`);
}
