import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bm25, embed, fuse, likenessOf, packVector, train } from '../src/modules/insight/meaning/model.ts';
import { countsOf, type WordCounts, wordsOf } from '../src/modules/insight/meaning/words.ts';

/**
 * `node bench/meaning-cisi.ts [FOLDER]`: recall@10 on the test collection CISI (1,460 abstracts, 112 questions) of BM25
 * over plain words, of BM25 over ours, and of both fused with meaning; then of short questions for titles and authors,
 * which words find best.
 */

const first = 10;
const folder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'data', 'cisi');
if (!existsSync(folder)) {
  console.log(`Left out: there is no ${folder}`);
  process.exit(0);
}

const parts = (file: string) => readFileSync(join(folder, file), 'latin1').split(/^\.I /m).slice(1);
const field = (part: string, name: string) =>
  new RegExp(`^\\.${name}\\s*\\n([\\s\\S]*?)(?=^\\.[A-Z]\\s*$|$(?![\\s\\S]))`, 'm').exec(part)?.[1] ?? '';
const abstracts = parts('CISI.ALL').map((part) => ({
  id: Number.parseInt(part, 10),
  title: field(part, 'T').trim(),
  author: field(part, 'A').trim().split('\n')[0]!,
  text: `${field(part, 'T')}\n${field(part, 'A')}\n${field(part, 'W')}`,
}));
const questions = parts('CISI.QRY').map((part) => ({
  id: Number.parseInt(part, 10),
  text: part.replace(/^\d+|^\.[A-Z]\s*$/gm, ''),
}));
const relevant = new Map<number, Set<number>>();
for (const line of readFileSync(join(folder, 'CISI.REL'), 'latin1').split('\n')) {
  const [question, abstract] = line.trim().split(/\s+/).map(Number);
  if (question) relevant.set(question, (relevant.get(question) ?? new Set()).add(abstract!));
}

type Rank = (question: string) => number[];
type Asked = readonly { text: string; found: ReadonlySet<number> }[];

function recall(asked: Asked, rank: Rank): number {
  const each = asked.map(
    ({ text, found }) =>
      rank(text)
        .slice(0, first)
        .filter((at) => found.has(abstracts[at]!.id)).length / found.size,
  );
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}

const frequencies = ({ words }: WordCounts, { words: known, counts }: WordCounts) => {
  const at = new Map([...known].map((word, place) => [word, counts[place]!]));
  return [...words].map((word) => at.get(word) ?? 0);
};
const best = (scores: readonly number[]) => [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);

async function ranks(split: (text: string) => string[]): Promise<{ words: Rank; fused: Rank }> {
  const texts = abstracts.map(({ text }) => countsOf(split(text)));
  const model = await train(texts);
  const vectors = texts.map((counts) => embed(model, counts)).map((vector) => vector && packVector(vector));
  const scored = (question: string) => {
    const asked = countsOf(split(question));
    const vector = embed(model, asked);
    return texts.map((counts, at) => {
      const found = frequencies(asked, counts);
      return {
        at,
        words: bm25(model, asked, { counts: found, size: counts.size }),
        likeness: vector && vectors[at] ? Math.max(likenessOf(vector, vectors[at]), 0) : 0,
        complete: found.every((count) => count > 0),
      };
    });
  };
  return {
    words: (question) => best(scored(question).map(({ words }) => words)),
    fused: (question) => fuse(scored(question)).map(({ at }) => at),
  };
}

const plainWords = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
const asked = questions.flatMap(({ id, text }) => (relevant.has(id) ? { text, found: relevant.get(id)! } : []));
const byTitle = abstracts
  .filter((_, at) => at % 10 === 0)
  .map(({ id, title }) => ({ text: title, found: new Set([id]) }));
const authors = Map.groupBy(
  abstracts.filter(({ author }) => author.length > 3),
  ({ author }) => author,
);
const byAuthor = [...authors]
  .slice(0, 150)
  .map(([author, all]) => ({ text: author, found: new Set(all.map(({ id }) => id)) }));

const plain = await ranks(plainWords);
const ours = await ranks(wordsOf);
const rows = [
  ['questions', asked],
  ['subjects (titles)', byTitle],
  ['names (authors)', byAuthor],
] as const;
for (const [what, list] of rows) {
  const [base, words, fused] = [recall(list, plain.words), recall(list, ours.words), recall(list, ours.fused)];
  const line = [
    `BM25 of plain words ${base.toFixed(3)}`,
    `BM25 of our words ${words.toFixed(3)}`,
    `fused ${fused.toFixed(3)}`,
  ];
  console.log(
    `recall@${first}, ${what} (${list.length}): ${line.join(', ')} (${(fused / base).toFixed(2)}x, ${(fused / words).toFixed(2)}x)`,
  );
}
