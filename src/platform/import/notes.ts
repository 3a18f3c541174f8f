import { scopeOf } from '../../kernel/access/rights.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { cutText } from '../csv/index.ts';
import { note } from '../note/contract.ts';
import type { Load, LoadRow, NoteEntry } from './load.ts';
import { insertNotes, type NewNote } from './note-queries.ts';

const body_characters_max = 100_000;
/** A character takes up to five as HTML. */
const piece_characters_max = 15_000;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const asHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => escapes[sign]!).replace(/\r\n|\r|\n/g, '<br />');

/** The notes that hold these cells: one, unless they are longer than a note may be. */
export function noteBodies(entries: readonly NoteEntry[]): string[] {
  const bodies: string[] = [];
  for (const { label, text } of entries)
    for (let from = 0, piece = ''; from < text.length; from += piece.length) {
      piece = cutText(text.slice(from), piece_characters_max);
      const name = label === null || from > 0 ? '' : `<strong>${asHtml(label)}</strong>: `;
      const paragraph = `<p>${name}${asHtml(piece)}</p>`;
      const last = bodies.at(-1);
      if (last !== undefined && last.length + paragraph.length <= body_characters_max)
        bodies[bodies.length - 1] = last + paragraph;
      else bodies.push(paragraph);
    }
  return bodies;
}

export const mayWriteNotes = ({ rights }: Load['ctx']['actor']): boolean =>
  scopeOf(rights, note.right, 'create') !== 'none';

/**
 * Writes what rows keep in notes. A record that has such a note already, from an earlier import of the file, gets no
 * second one.
 */
export async function writeNotes({ ctx, import_id }: Load, rows: readonly LoadRow[]): Promise<void> {
  const notes = rows.flatMap(({ id, found, notes }): NewNote[] =>
    noteBodies(notes).map((body) => ({ record_id: id, body, is_known: found })),
  );
  if (notes.length === 0) return;
  if (!mayWriteNotes(ctx.actor))
    throw problems.forbidden(
      'Whoever started this import may no longer write notes, and some of its columns go into notes. What had gone in stays.',
    );
  await insertNotes(ctx, notes, import_id);
}
