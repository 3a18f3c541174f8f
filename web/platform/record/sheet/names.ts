import { nameKey } from '../../../text/text.ts';
import { api, type Page } from '../../query/api.ts';
import { pathOf } from '../../query/resources.ts';
import type { FieldDef, Named } from '../field.ts';
import { type Names, partsOf } from './parseCell.ts';

const names_asked_max = 50;
const found_max = 200;

const none: Names = new Map();

/** The records that texts in cells of a field name, by their exact names. */
export async function namesFor(field: FieldDef, texts: readonly string[]): Promise<Names> {
  const of = field.kind === 'tags' ? 'tag' : field.kind === 'reference' ? (field.of ?? 'user') : null;
  if (!of) return none;
  const parts = field.kind === 'tags' ? texts.flatMap(partsOf) : texts.map((text) => text.trim());
  const wanted = [...new Set(parts)].filter((name) => name !== '');
  const names = new Map<string, Named | null>();
  for (let from = 0; from < wanted.length; from += names_asked_max) {
    const value = wanted.slice(from, from + names_asked_max);
    const filter = JSON.stringify({ field: 'name', op: 'in', value });
    const { data } = await api.get<Page<Named>>(pathOf(of), { filter, limit: found_max });
    for (const found of data) {
      const key = nameKey(found.name);
      names.set(key, names.has(key) ? null : found);
    }
  }
  return names;
}
